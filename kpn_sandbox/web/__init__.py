"""
Pages for people: the start page, Swagger UI, the wallboard and the console.

They use the same public APIs as everybody else, from the browser. Every script, style and picture comes from this
server; the Content-Security-Policy allows nothing else, and nothing inline. Swagger UI's own files are those of the
package flask-swagger-ui. The pages are invented: KPN's page shows pictures of dashboards but brings none along.
"""
