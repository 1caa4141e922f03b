"""
Methods that send requests, written once as `Steps`, for objects that wait and for objects that are awaited.

A class of methods marks them with `sends_requests`. A class that extends it and `Blocking` has functions in their
place, one that extends it and `Awaiting` has coroutines; type checkers know both, with the same parameters.
"""

from collections.abc import Callable, Coroutine
from functools import wraps
from inspect import signature
from types import MethodType
from typing import Any, ClassVar, Concatenate, Generic, ParamSpec, Protocol, TypeVar, overload

from kpn_sandbox.client.errors import ClientError
from kpn_sandbox.client.http import Call, Response, Steps

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class Sends(Protocol):
    """Something that sends requests and waits for the responses."""

    def send(self, call: Call) -> Response:
        """Send a request and take any status for a response."""


class SendsLater(Protocol):
    """Something that sends requests in coroutines."""

    async def send(self, call: Call) -> Response:
        """Send a request and take any status for a response."""


class Blocking:
    """An object whose methods wait for responses."""

    awaited: ClassVar = False
    _connection: Sends


class Awaiting:
    """An object whose methods are awaited."""

    awaited: ClassVar = True
    _connection: SendsLater


class sends_requests(Generic[Parameters, Result]):
    """
    Decorator of a method that is written as `Steps`.

    Args:
        method: The generator function; a wrong argument of it becomes a `ClientError` that says what it takes.
    """

    def __init__(self, method: Callable[Concatenate[Any, Parameters], Steps[Result]]) -> None:
        self.method = method
        self.__doc__ = method.__doc__
        self._functions = {False: _function(method), True: _coroutine_function(method)}

    @overload
    def __get__(self, instance: None, owner: type) -> Callable[..., Any]: ...
    @overload
    def __get__(self, instance: Blocking, owner: type) -> Callable[Parameters, Result]: ...
    @overload
    def __get__(self, instance: Awaiting, owner: type) -> Callable[Parameters, Coroutine[Any, Any, Result]]: ...
    def __get__(self, instance: Any, owner: Any) -> Any:
        """
        Return the function or the coroutine function, bound to the instance.

        Args:
            instance, owner: As Python has them.
        """
        function = self._functions[getattr(owner, "awaited", False)]
        return function if instance is None else MethodType(function, instance)


def bound(method: Callable[..., Any], /, *arguments: Any, **named: Any) -> Any:
    """
    Call a function whose arguments a user gave; for a generator function that only binds them.

    Args:
        method: The function.
        arguments, named: Its arguments, first the object.

    Raises:
        ClientError: It does not take such arguments.
    """
    try:
        return method(*arguments, **named)
    except TypeError:
        taken = signature(method)
        # Python words its own errors differently from version to version.
        try:
            taken.bind(*arguments, **named)
        except TypeError as error:
            takes = list(taken.parameters.values())[1:]
            names = ", ".join(f"{each.name}{' by name' if each.kind is each.VAR_KEYWORD else ''}" for each in takes)
            name = method.__qualname__.removesuffix(".__init__").rpartition(".")[2].removeprefix("_Connected")
            raise ClientError(f"{name}() {error}; it takes {names or 'nothing'}") from None
        raise


def checks_arguments(method: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Decorate a method that sends nothing; a wrong argument of it becomes a `ClientError`, too."""

    @wraps(method)
    def call(*arguments: Parameters.args, **named: Parameters.kwargs) -> Result:
        made: Result = bound(method, *arguments, **named)
        return made

    return call


def _function(method: Callable[..., Steps[Any]]) -> Callable[..., Any]:
    @wraps(method)
    def send_all(self: Any, /, *arguments: Any, **named: Any) -> Any:
        __tracebackhide__ = True
        steps, send = bound(method, self, *arguments, **named), self._connection.send
        try:
            call = next(steps)
            while True:
                try:
                    response = send(call)
                except ClientError as error:
                    call = steps.throw(error)
                else:
                    call = steps.send(response)
        except StopIteration as end:
            return end.value

    return send_all


def _coroutine_function(method: Callable[..., Steps[Any]]) -> Callable[..., Any]:
    @wraps(method)
    async def send_all(self: Any, /, *arguments: Any, **named: Any) -> Any:
        __tracebackhide__ = True
        steps, send = bound(method, self, *arguments, **named), self._connection.send
        try:
            call = next(steps)
            while True:
                try:
                    response = await send(call)
                except ClientError as error:
                    call = steps.throw(error)
                else:
                    call = steps.send(response)
        except StopIteration as end:
            return end.value

    return send_all
