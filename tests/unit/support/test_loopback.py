"""The guard that keeps tests on this machine."""

import socket

import pytest

from tests.support.loopback import OtherHostError


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("198.51.100.7", 443)])
def test_connecting_to_another_host_fails(address: tuple[str, int]) -> None:
    with socket.socket() as sock, pytest.raises(OtherHostError):
        sock.connect(address)


def test_sending_a_datagram_to_another_host_fails() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as sock, pytest.raises(OtherHostError):
        sock.sendto(b"x", ("192.0.2.1", 53))


def test_connecting_over_ipv6_to_another_host_fails() -> None:
    with socket.socket(socket.AF_INET6) as sock, pytest.raises(OtherHostError):
        sock.connect(("2001:db8::1", 80))


def test_loopback_is_reachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
