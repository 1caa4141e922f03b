"""
Around every request of every API; no vendor is named here.

    api                 an API as the rest of the sandbox sees it
    operations          operations, and the decorator that makes a function the view of one
    request_context     the way of one request, from the Prefer header to the request log
    request_info        facts of a request as it was sent
    reasons             why a response is not the usual one, in the words of the request log
    request_metrics     figures of requests for Prometheus
    prefer_header       the status, delay and instant that a client asks for
    responses           responses about an instant of an account, conditional requests
    cors                headers for pages of other origins
    error_handling      from an exception to the error response of an API
    fault_injection     broken and dripping connections
    fast_path           cacheable GETs, answered before the framework
    middleware          checks of Host, framing and bodies, the access log, routes that are quick to register
    hosts               the host of a request, and the URLs in responses
    openapi             parts of the OpenAPI documents
    postman             parts of the Postman collections
"""
