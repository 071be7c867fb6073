"""Keys, addresses and transactions of chains in plain Python: secp256k1, BIP-32, bech32, PSBT, RLP. It shares
no code with the services, is slow, and protects no secret: for tests.

    key = Key.of_seed(bytes.fromhex(seed)).path("m/84'/1'/1'/0/0")
    address = bech32("rltc", hash160(key.public))
"""

import base64
import hashlib
import hmac
import struct

P = 2**256 - 2**32 - 977
N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
G = (0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
     0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8)
HARDENED = 2**31


# ---- the curve ----

def add(a, b):
    if a is None or b is None:
        return a or b
    if a[0] == b[0] and (a[1] + b[1]) % P == 0:
        return None
    slope = (3 * a[0] * a[0] * pow(2 * a[1], -1, P) if a == b
             else (b[1] - a[1]) * pow(b[0] - a[0], -1, P))
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def multiply(number, point=G):
    product = None
    while number:
        if number & 1:
            product = add(product, point)
        point = add(point, point)
        number >>= 1
    return product


def compress(point):
    return bytes([2 + (point[1] & 1)]) + point[0].to_bytes(32, "big")


def decompress(key):
    x = int.from_bytes(key[1:], "big")
    y = pow(x**3 + 7, (P + 1) // 4, P)
    assert y * y % P == (x**3 + 7) % P
    return x, y if y & 1 == key[0] & 1 else P - y


def verify(public, digest, r, s):
    z, inverse = int.from_bytes(digest, "big"), pow(s, -1, N)
    point = add(multiply(z * inverse % N), multiply(r * inverse % N, decompress(public)))
    return point is not None and point[0] % N == r


def recover(digest, parity, r, s):
    """The point whose signature it is."""
    x, z, inverse = r, int.from_bytes(digest, "big"), pow(r, -1, N)
    point = decompress(bytes([2 + parity]) + x.to_bytes(32, "big"))
    return add(multiply(s * inverse % N, point), multiply(-z * inverse % N))


def der_read(der):
    """r and s of a DER signature."""
    assert der[0] == 0x30 and der[1] == len(der) - 2 and der[2] == 2
    r = int.from_bytes(der[4:4 + der[3]], "big")
    rest = der[4 + der[3]:]
    assert rest[0] == 2
    return r, int.from_bytes(rest[2:2 + rest[1]], "big")


# ---- digests ----

def sha256(data):
    return hashlib.sha256(data).digest()


def hash256(data):
    return sha256(sha256(data))


def hash160(data):
    return hashlib.new("ripemd160", sha256(data)).digest()


def keccak(data):
    """Keccak-256 as Ethereum has it."""
    rate, mask = 136, 2**64 - 1
    lanes = [0] * 25
    data += b"\x01" + b"\x00" * (rate - len(data) % rate - 1)
    data = data[:-1] + bytes([data[-1] | 0x80])
    for at in range(0, len(data), rate):
        for i in range(rate // 8):
            lanes[i] ^= int.from_bytes(data[at + 8 * i:at + 8 * i + 8], "little")
        _permute(lanes, mask)
    return b"".join(lane.to_bytes(8, "little") for lane in lanes)[:32]


def _permute(lanes, mask):
    constant = 1
    for _ in range(24):
        columns = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5)]
        for i in range(25):
            other = columns[(i + 1) % 5]
            lanes[i] ^= columns[(i + 4) % 5] ^ ((other << 1 | other >> 63) & mask)
        x, y, current = 1, 0, lanes[1]
        for t in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            turn = (t + 1) * (t + 2) // 2 % 64
            current, lanes[x + 5 * y] = lanes[x + 5 * y], (current << turn | current >> (64 - turn)) & mask
        for y in range(0, 25, 5):
            row = lanes[y:y + 5]
            for x in range(5):
                lanes[y + x] = row[x] ^ (~row[(x + 1) % 5] & mask & row[(x + 2) % 5])
        for j in range(7):
            constant = (constant << 1 ^ (constant >> 7) * 0x71) % 256
            if constant & 2:
                lanes[0] ^= 1 << (2**j - 1)


# ---- BIP-32 ----

class Key:
    """An extended private key."""

    def __init__(self, secret, code):
        self.secret, self.code = secret, code
        self.public = compress(multiply(secret))

    @classmethod
    def of_seed(cls, seed):
        mac = hmac.new(b"Bitcoin seed", seed, hashlib.sha512).digest()
        return cls(int.from_bytes(mac[:32], "big"), mac[32:])

    def child(self, number):
        data = b"\x00" + self.secret.to_bytes(32, "big") if number >= HARDENED else self.public
        mac = hmac.new(self.code, data + struct.pack(">I", number), hashlib.sha512).digest()
        return Key((int.from_bytes(mac[:32], "big") + self.secret) % N, mac[32:])

    def path(self, text):
        key = self
        for number in path_numbers(text):
            key = key.child(number)
        return key


def path_numbers(text):
    return [int(step.rstrip("'")) + (HARDENED if step.endswith("'") else 0) for step in text.split("/")[1:]]


def xpub_of(text):
    """(public key, chain code) of an extended public key."""
    number = 0
    for letter in text:
        number = number * 58 + "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".index(letter)
    data = number.to_bytes(82, "big")
    assert hash256(data[:78])[:4] == data[78:]
    return data[45:78], data[13:45]


# ---- addresses ----

def bech32(prefix, program):
    """Of witness version 0."""
    bits = int.from_bytes(program, "big") << (-len(program) * 8 % 5)
    count = (len(program) * 8 + 4) // 5
    data = [0] + [bits >> 5 * (count - 1 - i) & 31 for i in range(count)]
    expanded = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    check = 1
    for value in expanded + data + [0] * 6:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for i, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator if top >> i & 1 else 0
    check ^= 1
    return prefix + "1" + "".join("qpzry9x8gf2tvdw0s3jn54khce6mua7l"[value]
                                  for value in data + [check >> 5 * (5 - i) & 31 for i in range(6)])


def evm_address(public):
    x, y = decompress(public)
    digits = keccak(x.to_bytes(32, "big") + y.to_bytes(32, "big"))[12:].hex()
    marks = keccak(digits.encode()).hex()
    return "0x" + "".join(c.upper() if int(mark, 16) > 7 else c for c, mark in zip(digits, marks))


# ---- Bitcoin ----

def compact(number):
    return (bytes([number]) if number < 253 else b"\xfd" + struct.pack("<H", number) if number < 2**16
            else b"\xfe" + struct.pack("<I", number))


def p2wpkh(public):
    return b"\x00\x14" + hash160(public)


class Coin:
    """An output that is spent: of `key`, a Key that stands at `path`."""

    def __init__(self, txid, index, value, key, path, script=None, witness_script=b""):
        self.txid, self.index, self.value, self.key, self.path = txid, index, value, key, path
        self.script = script or p2wpkh(key.public)
        self.witness_script, self.others = witness_script, []  # others: (Key, path) of the same script


class Payment:
    """An output: of a script, perhaps change of ours (key, path)."""

    def __init__(self, value, script, key=None, path=None):
        self.value, self.script, self.key, self.path = value, script, key, path


def transaction(coins, payments):
    """Unsigned."""
    inputs = b"".join(bytes.fromhex(coin.txid)[::-1] + struct.pack("<I", coin.index) + b"\x00"
                      + struct.pack("<I", 0xFFFFFFFD) for coin in coins)
    outputs = b"".join(struct.pack("<q", one.value) + compact(len(one.script)) + one.script for one in payments)
    return (struct.pack("<I", 2) + compact(len(coins)) + inputs + compact(len(payments)) + outputs
            + struct.pack("<I", 0))


def txid_of(raw_without_witness):
    return hash256(raw_without_witness)[::-1].hex()


def _pair(key, value):
    return compact(len(key)) + key + compact(len(value)) + value


def _place(kind, key, path):
    return _pair(bytes([kind]) + key.public,
                 b"\x00" * 4 + b"".join(struct.pack("<I", number) for number in path_numbers(path)))


def psbt(coins, payments):
    """Base64 of a PSBT with what the signer wants to know."""
    text = b"psbt\xff" + _pair(b"\x00", transaction(coins, payments)) + b"\x00"
    for coin in coins:
        text += _pair(b"\x01", struct.pack("<q", coin.value) + compact(len(coin.script)) + coin.script)
        if coin.witness_script:
            text += _pair(b"\x05", coin.witness_script)
        for key, path in sorted([(coin.key, coin.path), *coin.others], key=lambda one: one[0].public):
            text += _place(6, key, path)
        text += b"\x00"
    for one in payments:
        text += (_place(2, one.key, one.path) if one.key else b"") + b"\x00"
    return base64.b64encode(text).decode()


def witness_digest(coins, payments, at):
    """What is signed of a p2wpkh input (BIP-143, everything)."""
    points = b"".join(bytes.fromhex(coin.txid)[::-1] + struct.pack("<I", coin.index) for coin in coins)
    sequences = struct.pack("<I", 0xFFFFFFFD) * len(coins)
    outputs = b"".join(struct.pack("<q", one.value) + compact(len(one.script)) + one.script for one in payments)
    coin = coins[at]
    code = coin.witness_script or b"\x76\xa9\x14" + hash160(coin.key.public) + b"\x88\xac"
    return hash256(struct.pack("<I", 2) + hash256(points) + hash256(sequences)
                   + bytes.fromhex(coin.txid)[::-1] + struct.pack("<I", coin.index) + compact(len(code)) + code
                   + struct.pack("<q", coin.value) + struct.pack("<I", 0xFFFFFFFD) + hash256(outputs)
                   + struct.pack("<II", 0, 1))


def multisig(threshold, keys):
    """A witness script, keys in the order of BIP-67."""
    keys = sorted(key.public for key in keys)
    return (bytes([0x50 + threshold]) + b"".join(b"\x21" + key for key in keys) + bytes([0x50 + len(keys)])
            + b"\xae")


def p2wsh(witness_script):
    return b"\x00\x20" + sha256(witness_script)


# ---- RLP ----

def rlp_read(data):
    """(item, rest): an item is bytes or a list."""
    first = data[0]
    if first < 0x80:
        return data[:1], data[1:]
    is_list, short = first >= 0xC0, first - (0xC0 if first >= 0xC0 else 0x80)
    if short <= 55:
        begin, length = 1, short
    else:
        begin = 1 + short - 55
        length = int.from_bytes(data[1:begin], "big")
    content, rest = data[begin:begin + length], data[begin + length:]
    if not is_list:
        return content, rest
    items = []
    while content:
        item, content = rlp_read(content)
        items.append(item)
    return items, rest


def rlp_write(item):
    if isinstance(item, list):
        content, base = b"".join(map(rlp_write, item)), 0xC0
    elif len(item) == 1 and item[0] < 0x80:
        return item
    else:
        content, base = item, 0x80
    if len(content) <= 55:
        return bytes([base + len(content)]) + content
    size = (len(content).bit_length() + 7) // 8
    return bytes([base + 55 + size]) + len(content).to_bytes(size, "big") + content
