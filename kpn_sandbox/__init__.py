"""
A living contact center in a box, behind the KPN Dashboard Server API.

The center is a pure function of a seed, a configuration and an instant; an account chooses all three.
What stands where:

* `simulation` is the center: who calls, who works, who waits. It knows no HTTP, no clock and no storage.
* `control` is the sandbox: accounts, the time of each, and the way to an account's center.
* `storage` keeps what users wrote.
* `auth` is the door: ways to prove who you are.
* `apis` are the faces: one package per vendor, the same rooms in each.
* `app` puts it together, `server` serves it, `settings` configure it, `cli` starts it.
"""

__version__ = "0.1.0"
