# SPDX-License-Identifier: Apache-2.0
"""Rows about one console's bytes going to many viewers: how many a second, for how much processor, and how soon."""

from fanout import certificates, plain_load
from fanout import run as runs
from fanout.alternating import Aim, Kind, judge
from fanout.multiplexers import Charmux, Limit, Peer
from fanout.report import bandwidth
from fanout.run import Load
from fanout.stats import at_least, at_most

SOME = 5  # runs of what is only there to be looked at: peers, default sockets
PEERS_AT = {1: ("socat", "ser2net", "conserver"), 10: ("ser2net", "conserver"), 100: ("ser2net", "conserver")}


def nanoseconds(value):
    return f"{value:.3f} ns"


def microseconds(value):
    return f"{value:.0f} us" if value < 10_000 else f"{value / 1000:.0f} ms"


def throughput(viewers):
    """A row: a flood on a unix chardev to so many raw viewers."""
    def row(bench):
        load = Load(viewers)
        ours, base = Kind("charmux", Charmux(), load), Kind("limit", Limit(), load)
        plain = Kind("limit with default sockets", Limit(default_sockets=True), load, SOME)
        others = peers_at(viewers, load) if bench.with_peers else []

        def more(rounds, aim):
            if aim.figure is not runs.rate:
                return []
            return [f"{each.label} {bandwidth(rounds.median(each, runs.rate))}" for each in (plain, *others)]
        rounds = judge(bench, base, [ours, plain, *others], bench.flood, [
            Aim(f"throughput, unix -> {viewers} raw, of `limit`", ours, runs.rate, at_least(0.95), bandwidth),
            Aim(f"processor a delivered byte, unix -> {viewers} raw, of `limit`", ours, runs.cpu, at_most(1.1),
                nanoseconds)], more=more)
        for each in others:
            if each.label == "conserver":
                beside_conserver(bench, viewers, *(rounds.median(kind, runs.rate) for kind in (ours, each, base)))
    return row


def beside_conserver(bench, viewers, ours, conserver, limit):
    """Twice as fast, or as fast as can be, whichever is less."""
    least = min(2 * conserver, 0.95 * limit)
    bench.report.row(f"throughput, unix -> {viewers} raw, of conserver", f"{ours / conserver:.2f}",
                     f">= {least / conserver:.2f}", "reached" if ours >= least else "not reached",
                     more="twice conserver's, or 0.95 of `limit`")


def peers_at(viewers, load):
    """Those that can serve so many, as far as they are installed. Conserver's clients speak a protocol that takes a load of
    its own, and so the limit is run with that load as well."""
    others = [Peer(name) for name in PEERS_AT.get(viewers, ())]
    kinds = [Kind(each.name, each, load, SOME, plain_load.run if hasattr(each.kind, "attach") else runs.run)
             for each in others if each.there()]
    if any(kind.runner is plain_load.run for kind in kinds):
        kinds.append(Kind("`limit` with conserver's load", Limit(), load, SOME, plain_load.run))
    return kinds


def pty(bench):
    load = Load(4, chardev="pty")
    ours = Kind("charmux", Charmux(), load)
    judge(bench, Kind("limit", Limit(), load), [ours], bench.flood, [
        Aim("throughput, pty -> 4 raw, of `limit`", ours, runs.rate, at_least(0.95), bandwidth),
        Aim("processor a delivered byte, pty -> 4 raw, of `limit`", ours, runs.cpu, at_most(1.1), nanoseconds)])


def tls(viewers):
    """A row: the same flood to so many viewers that speak TLS 1.3, beside the least that can be done with SSL_write. What
    decrypts and compares it all has as much to do as what is measured, so the processor's time says more than the rate."""
    def row(bench):
        with certificates.lab() as lab:
            pair, load = lab.server(), Load(viewers, tls=True)
            ours = Kind("charmux", Charmux(tls=pair), load)
            judge(bench, Kind("limit", Limit(tls=pair), load), [ours], bench.flood, [
                Aim(f"throughput, unix -> {viewers} raw in TLS, of `limit`", ours, runs.rate, at_least(0.9), bandwidth),
                Aim(f"processor a delivered byte, unix -> {viewers} raw in TLS, of `limit`", ours, runs.cpu, at_most(1.11),
                    nanoseconds)])
    return row


def telnet(viewers):
    """A row: telnet viewers beside raw ones, in bytes of the console."""
    def row(bench):
        raw = Kind("raw", Charmux(), Load(viewers))
        charmux = Charmux("telnet", (("notices", "off"), ("replay", "0")), query="pass")
        kinds = [Kind(output, charmux, Load(viewers, telnet=True, output=output)) for output in ("text", "random")]
        judge(bench, raw, kinds, bench.flood, [
            Aim(f"{viewers} telnet viewers, {kind.label}, of raw", kind, runs.rate, at_least(0.9), bandwidth)
            for kind in kinds])
    return row


def latency(viewers, a_second):
    """A row: records of 64 bytes, from when they are printed to when each viewer has them."""
    def row(bench):
        load = Load(viewers, records=(64, a_second))
        ours = Kind("charmux", Charmux(), load)
        title = f"latency, 64 bytes, {a_second} Hz -> {viewers} raw"
        judge(bench, Kind("limit", Limit(), load), [ours], bench.flood, [
            Aim(f"{title}, p50, of `limit`", ours, runs.p50, at_most(1.1), microseconds),
            Aim(f"{title}, p99, of `limit`", ours, runs.p99, at_most(1.2), microseconds)])
    return row
