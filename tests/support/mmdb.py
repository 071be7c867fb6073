#!/usr/bin/python3
"""Writes a small GeoIP database in MaxMind's format (MaxMind-DB-spec 2.0), for tests.

    write(path, {"203.0.113.0/24": ("JP", "Japan", "AS", "Asia")})

As a program: writes the database of the unit test of libs/geo to the path that is given.
"""

import ipaddress
import sys
import time

RECORD_BITS = 24
SEPARATOR = b"\0" * 16
MARKER = b"\xab\xcd\xefMaxMind.com"
MAP, TEXT, UINT16, UINT32, UINT64, ARRAY = 7, 2, 5, 6, 9, 11


def control(kind, size):
    assert size < 29 + 256
    extended = bytes([kind - 7]) if kind > 7 else b""
    first = (0 if kind > 7 else kind << 5) | min(size, 29)
    return bytes([first]) + extended + (bytes([size - 29]) if size >= 29 else b"")


def text(value):
    data = value.encode()
    return control(TEXT, len(data)) + data


def number(kind, value):
    data = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return control(kind, len(data)) + data


def table(pairs):
    return control(MAP, len(pairs)) + b"".join(text(key) + value for key, value in pairs.items())


def place(country_code, country, continent_code, continent):
    return table({
        "continent": table({"code": text(continent_code), "names": table({"en": text(continent)})}),
        "country": table({"iso_code": text(country_code), "names": table({"en": text(country)})}),
    })


def bits_of(network):
    """IPv4 lives below ::/96 in a database of version 6."""
    net = ipaddress.ip_network(network)
    value, bits = int(net.network_address), net.prefixlen + (96 if net.version == 4 else 0)
    return [value >> (127 - at) & 1 for at in range(bits)]


def write(path, networks):
    nodes, data, places = [[None, None]], b"", {}
    for network, row in networks.items():
        if row not in places:
            places[row] = len(data)
            data += place(*row)
        *walk, last = bits_of(network)
        node = nodes[0]
        for bit in walk:
            if node[bit] is None:
                node[bit] = len(nodes)
                nodes.append([None, None])
            node = nodes[node[bit]]
        node[last] = ("data", places[row])
    count = len(nodes)

    def record(value):
        if value is None:
            number_ = count
        elif isinstance(value, tuple):
            number_ = count + len(SEPARATOR) + value[1]
        else:
            number_ = value
        return number_.to_bytes(RECORD_BITS // 8, "big")

    tree = b"".join(record(value) for node in nodes for value in node)
    metadata = table({
        "binary_format_major_version": number(UINT16, 2),
        "binary_format_minor_version": number(UINT16, 0),
        "build_epoch": number(UINT64, int(time.time())),
        "database_type": text("Bourse-Test-Country"),
        "description": table({"en": text("test")}),
        "ip_version": number(UINT16, 6),
        "languages": control(ARRAY, 1) + text("en"),
        "node_count": number(UINT32, count),
        "record_size": number(UINT16, RECORD_BITS),
    })
    with open(path, "wb") as file:
        file.write(tree + SEPARATOR + data + MARKER + metadata)


if __name__ == "__main__":
    write(sys.argv[1], {"203.0.113.0/24": ("JP", "Japan", "AS", "Asia"),
                        "198.51.100.7/32": ("GB", "United Kingdom", "EU", "Europe"),
                        "2001:db8::/32": ("GB", "United Kingdom", "EU", "Europe")})
