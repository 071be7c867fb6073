"""A book model of the checker's own: the rules of deploy/protocol/matching.md, written for clarity.
Prices in ticks, amounts in lots. apply() gives the trades of a command; `orders` holds what is open,
`closed` what left the book unfilled, with the amount that was left."""

import bisect
from collections import OrderedDict

from . import wire

FILLS_MAX = 4096
TRIGGERS_MAX = 1024
CANCELS_MAX = 1024


class Order:
    __slots__ = ("id", "member", "side", "type", "tif", "stp", "price", "left", "stop",
                 "protection", "budget", "rank", "waiting")

    def __init__(self, command):
        self.id = command.order_id
        self.member = command.member_id
        self.side = command.side
        self.type = command.type
        self.tif = command.tif
        self.stp = command.stp
        self.price = command.price
        self.left = command.amount
        self.stop = command.stop_price
        self.protection = command.protection
        self.budget = command.budget
        self.rank = command.seq << 16
        self.waiting = command.type in (wire.STOP_LIMIT, wire.STOP_MARKET)

    def is_market(self):
        return self.type in (wire.MARKET, wire.STOP_MARKET)


class Levels:
    """One side: price -> orders by rank; prices sorted so that the best is last."""

    def __init__(self, side):
        self.sign = 1 if side == wire.BUY else -1
        self.keys = []
        self.queues = {}

    def best(self):
        return self.queues[self.keys[-1]] if self.keys else None

    def add(self, order):
        key = self.sign * order.price
        queue = self.queues.get(key)
        if queue is None:
            queue = self.queues[key] = OrderedDict()
            bisect.insort(self.keys, key)
        queue[order.id] = order

    def remove(self, order):
        key = self.sign * order.price
        queue = self.queues[key]
        del queue[order.id]
        if not queue:
            del self.queues[key]
            del self.keys[bisect.bisect_left(self.keys, key)]

    def walk(self):
        """Orders, best price first, then by rank."""
        for key in reversed(self.keys):
            yield from self.queues[key].values()


class Book:
    def __init__(self):
        self.sides = (Levels(wire.BUY), Levels(wire.SELL))
        self.orders = {}
        self.stops = {}
        self.closed = {}
        self.last = 0
        self.halted = False
        self.seq = 0

    # ---- one command ----

    def apply(self, command):
        assert command.seq == self.seq + 1, (command.seq, self.seq)
        self.seq = command.seq
        self.trades = []
        kind = command.kind
        if kind == wire.SUBMIT:
            self._submit(command)
        elif kind == wire.CANCEL:
            order = self.orders.get(command.order_id)
            if order:
                self._close(order)
        elif kind == wire.CANCEL_ALL:
            self._cancel_all(command)
        elif kind == wire.AMEND:
            self._amend(command)
        elif kind == wire.HALT:
            self.halted = True
        elif kind == wire.RESUME:
            self.halted = False
        self._trigger(command.seq)
        return self.trades

    def _submit(self, command):
        if command.order_id in self.orders:
            return
        order = Order(command)
        if self.halted:
            self.closed[order.id] = order.left
        elif order.waiting:
            self.orders[order.id] = order
            self.stops[order.id] = order
        else:
            self._enter(order)

    def _cancel_all(self, command):
        mine = [order for order in self.orders.values()
                if command.member_id in (0, order.member)
                and command.side in (wire.BOTH, order.side)]
        mine.sort(key=lambda order: order.rank)
        for order in mine[:CANCELS_MAX]:
            self._close(order)

    def _amend(self, command):
        order = self.orders.get(command.order_id)
        if order is None or order.waiting or self.halted:
            return
        left = order.left + command.amount
        if left <= 0:
            self._close(order)
            return
        if command.price == order.price and command.amount <= 0:
            order.left = left
            return
        if order.tif == wire.POST_ONLY and self._would_cross(order.side, command.price):
            return
        self.sides[order.side].remove(order)
        del self.orders[order.id]
        order.price, order.left, order.rank = command.price, left, command.seq << 16
        self._enter(order)

    # ---- matching ----

    def _would_cross(self, side, price):
        best = self.sides[1 - side].best()
        if not best:
            return False
        other = next(iter(best.values())).price
        return price >= other if side == wire.BUY else price <= other

    def _reaches(self, order, price):
        if order.is_market():
            bound = order.protection
            if not bound:
                return True
        else:
            bound = order.price
        return price <= bound if order.side == wire.BUY else price >= bound

    def _fillable(self, order):
        """Whether a fill-or-kill order can be filled whole."""
        need = order.left
        for other in self.sides[1 - order.side].walk():
            if not self._reaches(order, other.price):
                return False
            if order.stp != wire.STP_NONE and other.member == order.member:
                if order.stp != wire.STP_OLDEST:
                    return False
                continue
            need -= other.left
            if need <= 0:
                return True
        return False

    def _enter(self, order):
        if order.tif == wire.POST_ONLY and not order.is_market() and \
                self._would_cross(order.side, order.price):
            self.closed[order.id] = order.left
            return
        if order.tif == wire.FOK and not order.is_market() and not self._fillable(order):
            self.closed[order.id] = order.left
            return
        alive = self._take(order)
        if not alive or order.left == 0:
            return
        if order.is_market() or order.tif in (wire.IOC, wire.FOK):
            self.closed[order.id] = order.left
            return
        self.orders[order.id] = order
        self.sides[order.side].add(order)

    def _take(self, order):
        """Trades the order against the other side. False: it was closed on the way."""
        fills = 0
        while order.left > 0:
            best = self.sides[1 - order.side].best()
            if not best:
                break
            maker = next(iter(best.values()))
            if not self._reaches(order, maker.price):
                break
            if order.stp != wire.STP_NONE and maker.member == order.member:
                if not self._prevent(order, maker):
                    return False
                continue
            amount = min(order.left, maker.left)
            if order.is_market() and order.side == wire.BUY:
                cost = amount * maker.price
                if cost > order.budget:
                    self.closed[order.id] = order.left
                    return False
            if fills == FILLS_MAX:
                self.closed[order.id] = order.left
                return False
            fills += 1
            if order.is_market() and order.side == wire.BUY:
                order.budget -= amount * maker.price
            order.left -= amount
            maker.left -= amount
            self.last = maker.price
            self.trades.append((maker.id, order.id, maker.price, amount))
            if maker.left == 0:
                self.sides[maker.side].remove(maker)
                del self.orders[maker.id]
            if order.left and order.is_market() and order.side == wire.BUY and order.budget == 0:
                self.closed[order.id] = order.left
                return False
        return True

    def _prevent(self, order, maker):
        """Self-trade prevention. False: the taker is closed."""
        if order.stp == wire.STP_NEWEST:
            self.closed[order.id] = order.left
            return False
        if order.stp == wire.STP_OLDEST:
            self._close(maker)
            return True
        amount = min(order.left, maker.left)
        order.left -= amount
        maker.left -= amount
        if maker.left == 0:
            self._close(maker)
        if order.left == 0:
            self.closed[order.id] = 0
            return False
        return True

    # ---- stops ----

    def _trigger(self, seq):
        if self.halted:
            return
        for turn in range(1, TRIGGERS_MAX + 1):
            order = self._next_stop()
            if order is None:
                return
            del self.stops[order.id]
            del self.orders[order.id]
            order.waiting = False
            order.rank = seq << 16 | turn
            self._enter(order)

    def _next_stop(self):
        if not self.last or not self.stops:
            return None
        buys = [o for o in self.stops.values() if o.side == wire.BUY and self.last >= o.stop]
        sells = [o for o in self.stops.values() if o.side == wire.SELL and self.last <= o.stop]
        best = [min(buys, key=lambda o: (o.stop, o.rank))] if buys else []
        if sells:
            best.append(min(sells, key=lambda o: (-o.stop, o.rank)))
        return min(best, key=lambda o: o.rank) if best else None

    def _close(self, order):
        self.closed[order.id] = order.left
        del self.orders[order.id]
        if order.waiting:
            del self.stops[order.id]
        else:
            self.sides[order.side].remove(order)
