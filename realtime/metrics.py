"""What the product counts about itself, for Prometheus. All metrics are declared here, and named here alone.

Every process of a machine writes its numbers to files of its own in one folder (``PROMETHEUS_MULTIPROC_DIR``, set by
config.settings before this is imported), and whichever web process is asked adds them up (config.metrics).
"""

from prometheus_client import Counter, Gauge, Histogram

#: Seconds, from a quick answer to a stall.
FINE = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.6, 1.2, 2.5, 5, 10)
COARSE = (0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800)

# The relay.
ticks = Counter("crm_ticks", "Ticks of the leading relay")
changes = Counter("crm_tick_changes", "Changes that ticks carried or pointed to")
tick_seconds = Histogram(
    "crm_tick_seconds", "From finding something new in the log to handing it on", buckets=FINE
)

# The hubs.
sockets = Gauge("crm_live_sockets", "Open sockets", multiprocess_mode="livesum")
subscriptions = Gauge(
    "crm_live_subscriptions", "Live queries that sockets follow", multiprocess_mode="livesum"
)
answers = Gauge("crm_live_answers", "Different answers behind them", multiprocess_mode="livesum")
rooms = Gauge("crm_live_rooms", "Tenants with open sockets, by process", multiprocess_mode="livesum")
returns = Counter(
    "crm_live_returns",
    "Sockets of clients that had been here before: whether the process had followed all since, began later, or is of"
    " another epoch",
    ["how"],
)
lag = Histogram("crm_live_lag_seconds", "From a tick's arrival to its effects being sent", buckets=FINE)
steps = Counter("crm_live_steps", "Steps of rooms, at a tick or by reading the log", ["source"])
runs = Counter("crm_live_runs", "Live queries run, at first or again", ["why"])
run_seconds = Histogram("crm_live_run_seconds", "How long they took", buckets=FINE)
shared = Counter("crm_live_shared_runs", "Answers that a subscription got without a run of its own")
unchanged = Counter("crm_live_unchanged_runs", "Runs whose answer was the same, so that nothing was sent")
throttled = Counter("crm_live_throttled_runs", "Runs put off because the query costs too much")
late = Gauge("crm_live_late_answers", "Costly answers that wait for their run", multiprocess_mode="livesum")
skipped = Counter("crm_live_skipped_pushes", "Transitions that were not sent at once, as the client was slow")
transitions = Counter("crm_live_transitions", "Transitions sent")
sent_bytes = Counter("crm_live_sent_bytes", "Bytes of transitions sent")
calls = Counter("crm_live_calls", "Functions called over sockets", ["outcome"])
closed = Counter("crm_live_closed_sockets", "Sockets that the server closed, by code", ["code"])
log_polls = Counter("crm_live_log_polls", "Times that a hub read the log because ticks were silent or lost")
viewers = Gauge("crm_presence_viewers", "Sockets present at records", multiprocess_mode="livesum")

# HTTP.
requests = Counter("crm_http_requests", "Requests answered", ["kind", "method", "status"])
request_seconds = Histogram("crm_http_request_seconds", "How long they took", ["kind"], buckets=FINE)

# Due work.
due_items = Counter("crm_due_items", "Due work taken, by kind", ["kind"])
due_lag = Histogram("crm_due_lag_seconds", "How late due work was begun", buckets=COARSE)
run_ends = Counter("crm_workflow_runs", "Workflow runs that came to rest, by how", ["workflow", "status"])
run_starts = Counter("crm_workflow_starts", "Workflow runs that were started", ["workflow"])

# Automations.
automation_begins = Counter(
    "crm_automation_begins",
    "Records that set an automation off, by what came of it: begun, joined (under way already), guarded, failed",
    ["outcome"],
)
automation_scan_lag = Histogram(
    "crm_automation_scan_lag_seconds",
    "From a change to the look at the log that finds it for automations",
    buckets=COARSE,
)
