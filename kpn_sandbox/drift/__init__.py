"""
Comparison of answers captured from KPN with the sandbox's, and pins that make the sandbox answer what was captured.

Values that move by nature are not compared. Reports hold no secrets: of headers the names and the values of a few
harmless ones, of a token response only which fields it has and of which types.

    captures        reads captured answers from files, or fetches them
    comparison      finds the differences
    pin_sets        turns captured answers and differences into pins
"""
