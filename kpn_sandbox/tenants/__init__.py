"""
The sandbox: whose center, and what time it is there. No HTTP.

An account has its own seed, profile, scenario and clock; `Sandbox` opens its center at its own instant.
"""
