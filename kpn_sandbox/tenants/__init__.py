"""
Accounts and their state: configuration, clock, pins, faults, quota, request log. No HTTP and no vendor.

Each module holds one part of the state whole: its value objects and its store. `Sandbox` has all stores and opens an
account as a `Tenant`.
"""
