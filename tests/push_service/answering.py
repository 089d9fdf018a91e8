"""Carrying out a behaviour: the ordinary ones by aiohttp, the impolite ones byte by byte on the connection."""

import asyncio
import secrets
import socket
import struct

from aiohttp import web

from tests.push_service.behaviours import Behaviour


async def answer(request: web.BaseRequest, behaviour: Behaviour) -> web.StreamResponse:
    """Answers as told. A response that comes back after the connection was cut goes nowhere, as it should."""
    if behaviour.delay:
        await asyncio.sleep(behaviour.delay)
    if behaviour.hang:
        await asyncio.sleep(3600)
    if behaviour.reset or behaviour.close or behaviour.garbage:
        return _cut(request, behaviour)
    headers = _headers(request, behaviour)
    if behaviour.drip_headers:
        return await _drip_headers(request, behaviour, headers)
    if behaviour.drip_body:
        return await _drip_body(request, behaviour, headers)
    return web.Response(status=behaviour.status, headers=headers, body=b"x" * behaviour.body_size)


def _headers(request: web.BaseRequest, behaviour: Behaviour) -> dict[str, str]:
    headers: dict[str, str] = {}
    if behaviour.retry_after is not None:
        headers["Retry-After"] = str(behaviour.retry_after)
    if behaviour.location is not None:
        own = f"https://{request.host}{request.rel_url}"
        headers["Location"] = own if behaviour.location == "self" else behaviour.location
    if behaviour.set_cookie is not None:
        headers["Set-Cookie"] = behaviour.set_cookie
    if behaviour.status == 201:
        headers.setdefault("Location", f"https://{request.host}/message/{secrets.token_hex(8)}")
    return headers


def _cut(request: web.BaseRequest, behaviour: Behaviour) -> web.Response:
    transport = request.transport
    if transport is not None:
        if behaviour.reset:
            # Lingering for 0 seconds makes the close an RST.
            linger = struct.pack("ii", 1, 0)
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            transport.abort()
        else:
            transport.write(b"\x00\x01 this is not HTTP\r\n\r\n" if behaviour.garbage else b"")
            transport.close()
    return web.Response()


async def _drip_headers(request: web.BaseRequest, behaviour: Behaviour, headers: dict[str, str]) -> web.Response:
    lines = [f"HTTP/1.1 {behaviour.status} Slowly", *(f"{name}: {value}" for name, value in headers.items())]
    head = "\r\n".join([*lines, "Content-Length: 0", "", ""]).encode()
    for index in range(len(head)):
        if request.transport is None or request.transport.is_closing():
            break
        request.transport.write(head[index : index + 1])
        await asyncio.sleep(behaviour.drip_headers)
    if request.transport is not None:
        request.transport.close()
    return web.Response()


async def _drip_body(request: web.BaseRequest, behaviour: Behaviour, headers: dict[str, str]) -> web.StreamResponse:
    response = web.StreamResponse(status=behaviour.status, headers=headers)
    response.content_length = max(behaviour.body_size, 1)
    await response.prepare(request)
    for _ in range(response.content_length):
        await response.write(b"x")
        await asyncio.sleep(behaviour.drip_body)
    return response
