"""
Drift: what was captured from KPN beside what the sandbox answers.

Values that move by nature are not compared. Of headers only names are told, and values of a few that carry no secret;
of a token's answer only which fields it has and of which type.
"""
