"""
The sandbox's own API, under /_sandbox.

Makes accounts and turns their worlds: profile, scenario, clock, pins, faults, quota; shows the requests that came and
the calls behind the counters. Invented by the sandbox; no vendor has it.

An account is asked with its client id and secret as HTTP Basic, any account with the administrator's token as Bearer.
Another's account looks like one that does not exist. Refusals are problems (RFC 9457) whose `errors` name each wrong
field, its value and what would be right; nothing is changed then. Instants are ISO 8601 with offset.
"""
