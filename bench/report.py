# SPDX-License-Identifier: Apache-2.0
"""The figures, as a table for people."""

STAGES = ("wanted", "settings", "row", "ofport", "rules", "up", "told", "down", "unrow", "unrules", "sent", "committed", "acknowledged",
          "numbered", "ready")
DAEMONS = {"cabled": "agent", "ovs-vswitchd": "switch", "ovsdb-server": "switch's db", "pool-db": "pool db"}


def show(result):
    last = None
    for row in result["times"]:
        title = f"{row['what']} of {row['vifs']}, {row['present']} present"
        if title != last:
            last = title
            print(f"\n{title}\n  {'CONTENDER':22} {'ROUNDS':>6} {'P50 MS':>9} {'P99 MS':>9}  {'TO THE FLOOR':20}  "
                  "STAGES (MEDIANS, MS) | PROCESSOR (MS)")
        show_row(row["contender"], row, row["p50_ms"], row["p99_ms"], row["to_floor"], f"{stages(row)} | {cpu(row)}")
        if row["own_p50_ms"] is not None:
            show_row("  without the pool db", row, row["own_p50_ms"], row["own_p99_ms"], row["own_to_floor"], told(row))
    show_rest(result)


def show_row(name, row, p50, p99, ratio, tail):
    print(f"  {name:22} {row['rounds']:6} {p50:9.2f} {p99:9.2f}  {spread(ratio):20}  {tail}".rstrip())


def told(row):
    """How it compares with the floor that has the same way through the pool database."""
    return f"to the floor that is told: {spread(row['to_told_floor'])}" if row["to_told_floor"] else ""


def spread(ratio):
    return f"{ratio['median']:.2f} ({ratio['p10']:.2f}-{ratio['p90']:.2f})" if ratio else ""


def stages(row):
    return " ".join(f"{name} {row['stages_ms'][name]:.1f}" for name in STAGES if name in row["stages_ms"])


def cpu(row):
    return " ".join(f"{short} {row['cpu_ms'][name]:.1f}" for name, short in DAEMONS.items() if name in row["cpu_ms"])


def show_rest(result):
    for restart in result.get("agent_restarts", []):
        samples = sorted(restart["samples_ms"])
        print(f"\nagent restart with {restart['vifs']} VIFs: median {samples[len(samples) // 2]:.0f} ms, worst {samples[-1]:.0f} ms")
    if result.get("memory"):
        print("\nresident memory, KiB")
        print(f"  {'VIFS':>6} " + " ".join(f"{short:>12}" for short in DAEMONS.values()))
        for row in result["memory"]:
            print(f"  {row['vifs']:6} " + " ".join(f"{row['rss_kib'].get(name, 0):12}" for name in DAEMONS))
    for name, slope in result.get("bytes_per_vif", {}).items():
        print(f"  {DAEMONS[name]}: {slope} bytes for each VIF")
    for row in result.get("instructions", []):
        print(f"\ninstructions of the agent for a plug, {row['present']} present: {row['per_plug']:,}; "
              f"the first after its start: {row['first_plug']:,}")
