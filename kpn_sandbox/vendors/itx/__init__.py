"""
ITX Custom KPI API: the "reverse" API that a customer of ITX provides, so that ITX can show it in its KPI panel.

Here are both sides: a provider as ITX would call it, with orders, invoices and contacts of the center's customers, and
a check that calls a provider as ITX would, tells what is wrong with its answer and shows the panel.

Sources:
    apidoc.itxuc.com, "Custom KPI API" (guides/custom-kpi, read 2026-11): request, response model, color codes.
    apidoc.itxuc.com, "Generic KPI API" (guides/generic-kpi): its earlier name.

Gaps:
    ITX's own OpenAPI file and its sample are not public, and the panel is shown as a picture only: the document here
    is made from the page's tables, and the panel is laid out after their words. Members that the page does not call
    optional are taken as mandatory. What ITX does when an endpoint is slow, redirects or fails is not public.
"""
