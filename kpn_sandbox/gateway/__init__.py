"""
The faces of the center: one package per vendor, the same rooms in each.

    kpn                 KPN Dashboard Server
    bright_pattern      Bright Pattern Real-Time Statistics API
    kaisa               Kaisa Developer API: widgets data, customers
    atobi               Atobi KPI integration
    itx                 ITX Custom KPI API, provider and check
    control             the sandbox's own API, under /_sandbox

What goes around every request of every vendor stands beside them: `preferences`, `conditional`, `hooks`;
what the neighbors share: `operation`, `refusals`, `replies`, `browsers`, `describing`.
"""
