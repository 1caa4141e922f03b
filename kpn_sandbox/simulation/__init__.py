"""
The simulated contact center: a pure function of seed, configuration and instant, in integers.

It knows no HTTP, no wall time, no storage and no vendor; vendors rename and spell what it computes. The words used
here and everywhere else:

agent
    A person who takes calls, known by a login id.
queue
    Where calls of one skill wait for an agent; each agent has one home queue.
trunk, port
    A bundle of lines to the outside, and one line of it; a call holds a port from arrival until it leaves.
call
    It arrives, may ring, is answered or leaves unanswered; after the talk the agent wraps up. Where nothing else is
    said it is inbound; an outbound call is made by an agent in the back office.
abandoned, flowed out, blocked
    The caller hung up; the center sent the call away (maximum wait, closing); no port was free.
wrap-up
    Work after the call, also known as ACW.
AUX
    Logged in, but not there for calls: a break, a meeting, back office.
service level
    The share of finished calls that were answered within a threshold.
profile, scenario
    What can be set about a center; a named patch to that.
span
    A part of a day under one profile.
day trace
    Everything that happens on one date.
"""
