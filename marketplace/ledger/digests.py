"""The digests of events, entries and seals, as SQL: made and checked where the rows lie.

A row's text is a JSON array of all that it says, with instants in UTC, so that no setting of a
session and no server's version changes it. A column that is added later stands in no text: old
seals stay true.
"""

UTC = "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
# An entry's postings belong to it: one more, one less or another account is another entry.
EVENT = f"""
    SELECT sha256(convert_to(jsonb_build_array(
        e.id, e.name, e.aggregate, e.aggregate_id, e.payload, e.before, e.after, e.actor_kind,
        e.actor_id, e.actor_label, e.request_id, {UTC.format("e.occurred_at")}
    )::text, 'UTF8')) AS digest
    FROM shared_loggedevent e WHERE e.id ="""  # noqa: S608 - our own text
ENTRY = f"""
    SELECT sha256(convert_to(jsonb_build_array(
        n.id, n.event_id, n.memo, {UTC.format("n.posted_at")}, (
            SELECT jsonb_agg(jsonb_build_array(
                p.id, a.code, p.amount_minor, p.currency, p.reference, {UTC.format("p.posted_at")}
            ) ORDER BY p.id)
            FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id
            WHERE p.entry_id = n.id)
    )::text, 'UTF8')) AS digest
    FROM ledger_entry n WHERE n.id ="""  # noqa: S608 - our own text
# Over what a seal says of itself and over its rows, of which each has id and digest.
SEAL = """encode(sha256(convert_to(concat_ws('|',
    {number}::text, {previous}::text, {count}::text, {reached}::text), 'UTF8')
    || {rows}), 'hex')"""
ROWS = "string_agg(uuid_send({0}.id) || {0}.digest, ''::bytea ORDER BY {0}.id)"

# Seals what stands at or after `since` and is not sealed; gives the number of rows.
SEAL_NEXT = f"""
WITH found AS MATERIALIZED (
    (SELECT e.id, 'event' AS kind FROM shared_loggedevent e
     WHERE e.id >= %(since)s AND NOT EXISTS (SELECT FROM ledger_sealedrow s WHERE s.id = e.id)
     ORDER BY e.id LIMIT %(limit)s)
    UNION ALL
    (SELECT n.id, 'entry' FROM ledger_entry n
     WHERE n.id >= %(since)s AND NOT EXISTS (SELECT FROM ledger_sealedrow s WHERE s.id = n.id)
     ORDER BY n.id LIMIT %(limit)s)
    ORDER BY id LIMIT %(limit)s
), digested AS MATERIALIZED (
    SELECT f.id, f.kind, d.digest FROM found f CROSS JOIN LATERAL ({EVENT} f.id) d
    WHERE f.kind = 'event'
    UNION ALL
    SELECT f.id, f.kind, d.digest FROM found f CROSS JOIN LATERAL ({ENTRY} f.id) d
    WHERE f.kind = 'entry'
), summed AS (
    SELECT count(*) AS rows, {ROWS.format("digested")} AS digests,
        CASE WHEN count(*) = %(limit)s THEN (array_agg(id ORDER BY id DESC))[1]
            ELSE %(now)s::uuid END AS reached
    FROM digested HAVING count(*) > 0
), sealed AS (
    INSERT INTO ledger_seal (number, previous, digest, rows, reached, sealed_at)
    SELECT %(number)s::bigint, %(previous)s::text, {
    SEAL.format(
        number="%(number)s::bigint",
        previous="%(previous)s::text",
        count="rows",
        reached="reached",
        rows="digests",
    )
}, rows, reached, %(sealed_at)s FROM summed RETURNING number
)
INSERT INTO ledger_sealedrow (id, kind, digest, seal_id)
SELECT d.id, d.kind, d.digest, s.number FROM digested d CROSS JOIN sealed s
"""  # noqa: S608 - our own texts

# The seals that are looked at: all of them, or those of the last day and of this hour's share.
_CHOSEN = (
    """(%(whole)s::boolean OR k.sealed_at > %(recent)s OR k.number %% %(shares)s = %(share)s)"""
)
CHANGED = f"""
    SELECT s.kind || ' ' || s.id FROM ledger_seal k JOIN ledger_sealedrow s ON s.seal_id = k.number
    LEFT JOIN LATERAL ({EVENT} s.id) d ON true
    WHERE {_CHOSEN} AND s.kind = 'event' AND d.digest IS DISTINCT FROM s.digest
    UNION ALL
    SELECT s.kind || ' ' || s.id FROM ledger_seal k JOIN ledger_sealedrow s ON s.seal_id = k.number
    LEFT JOIN LATERAL ({ENTRY} s.id) d ON true
    WHERE {_CHOSEN} AND s.kind = 'entry' AND d.digest IS DISTINCT FROM s.digest
"""  # noqa: S608 - our own texts
LOOKED_AT = f"SELECT COALESCE(sum(k.rows), 0) FROM ledger_seal k WHERE {_CHOSEN}"  # noqa: S608 - as above
BROKEN_SEALS = f"""
    SELECT 'seal ' || k.number FROM ledger_seal k
    LEFT JOIN ledger_seal b ON b.number = k.number - 1
    LEFT JOIN LATERAL (
        SELECT count(*) AS count, {ROWS.format("s")} AS digests
        FROM ledger_sealedrow s WHERE {_CHOSEN} AND s.seal_id = k.number
    ) r ON true
    WHERE k.previous <> COALESCE(b.digest, '') OR (k.number > 1 AND b.number IS NULL)
        OR ({_CHOSEN} AND (r.count <> k.rows OR k.digest <> {
    SEAL.format(
        number="k.number", previous="k.previous", count="r.count", reached="k.reached",
        rows="r.digests",
    )
}))
    UNION ALL
    SELECT s.kind || ' ' || s.id FROM ledger_sealedrow s
    WHERE s.seal_id > (SELECT COALESCE(max(number), 0) FROM ledger_seal)
"""  # noqa: S608 - our own texts  # fmt: skip
# What stands before `until` in a sealed time and no seal knows.
UNSEALED = """
    SELECT 'event ' || e.id FROM shared_loggedevent e
    WHERE e.id < %(until)s AND NOT EXISTS (SELECT FROM ledger_sealedrow s WHERE s.id = e.id)
    UNION ALL
    SELECT 'entry ' || n.id FROM ledger_entry n
    WHERE n.id < %(until)s AND NOT EXISTS (SELECT FROM ledger_sealedrow s WHERE s.id = n.id)
"""
