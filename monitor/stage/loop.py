"""The shares of a stage, each with a desk of its own, until told to stop."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing, suppress
from typing import Any

from monitor.stage.desk import Desk
from monitor.stage.worker import Edge, Worker
from monitor.stream.contract import Share, StageSpec, Stream


async def run_stage(stream: Stream, spec: StageSpec, hire: Callable[[Share], Worker], edge: Edge) -> None:
    """Work on every share of the stage that this process is given, until told to stop.

    With `edge.once` it ends when each share has been worked through.
    """
    async with aclosing(_closing(stream.shares(spec))) as shares, asyncio.TaskGroup() as desks:
        finished: set[int] = set()
        working: set[asyncio.Task[None]] = set()
        while not edge.stop.is_set():
            share = await _next(shares, edge, working)
            if share is None:
                break
            desk = Desk(spec, share, hire(share), edge)
            task = desks.create_task(desk.run(), name=f"{spec.name}-{share.number}")
            working.add(task)
            task.add_done_callback(working.discard)
            finished.add(share.number)
            if edge.once and len(finished) == share.count:
                break
        if working:
            await asyncio.wait(set(working))


async def _closing(shares: Any) -> Any:
    async with aclosing(shares):
        async for share in shares:
            yield share


async def _next(shares: Any, edge: Edge, working: set[asyncio.Task[None]]) -> Share | None:
    """The next share, or None where the stop came first. Desks finish before the shares are given back."""
    coming = asyncio.ensure_future(anext(shares))
    stopping = asyncio.ensure_future(edge.stop.wait())
    await asyncio.wait({coming, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if coming.done():
        share: Share = coming.result()
        return share
    if working:
        await asyncio.wait(set(working))
    coming.cancel()
    with suppress(asyncio.CancelledError, StopAsyncIteration):
        await coming
    return None
