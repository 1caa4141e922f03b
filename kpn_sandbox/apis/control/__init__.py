"""
The sandbox's own API, under /_sandbox.

Tells whether the sandbox lives and is ready. Invented by the sandbox; no vendor has it.
"""
