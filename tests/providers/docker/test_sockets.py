"""Addresses read from the kernel's tables."""

from providers.docker.sockets import listening_addresses

TABLE = """\
  sl  local_address rem_address   st tx_queue rx_queue
   0: 0100007F:0BB8 00000000:0000 0A 00000000:00000000
   1: 00000000:1F90 00000000:0000 0A 00000000:00000000
   2: 0100007F:0BB8 0100007F:9C40 01 00000000:00000000
  sl  local_address                         remote_address                        st
   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 0:0
   1: 00000000000000000000000001000000:0051 00000000000000000000000000000000:0000 0A 0:0
"""


def test_who_listens_where() -> None:
    assert listening_addresses(TABLE) == ("0.0.0.0:8080", "127.0.0.1:3000", "[::1]:81", "[::]:80")
