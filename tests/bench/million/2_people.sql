-- Colleagues, buyers, sellers with their papers, and those who want to be sellers.

CREATE UNLOGGED TABLE bench.colleague AS
SELECT n, bench.uuid7(bench.clock() - interval '400 days', n) AS id, bench.person(n * 31) AS name
FROM generate_series(1, 12) n;

CREATE UNLOGGED TABLE bench.buyer AS
SELECT n, bench.uuid7(bench.clock() - interval '365 days' * (1 - n::float8 / bench.size('buyers')), n) AS id,
    bench.person(n) AS name, bench.phone(n) AS phone, bench.region(n) AS region
FROM generate_series(1, bench.size('buyers')) n;

CREATE UNLOGGED TABLE bench.seller AS
SELECT n, bench.uuid7(bench.clock() - interval '380 days', n) AS id, bench.reference('SEL', n) AS reference,
    bench.uuid7(bench.clock() - interval '390 days', n) AS owner_id,
    bench.uuid7(bench.clock() - interval '385 days', n) AS application_id,
    bench.one_of('{Duka la Simu,Kariakoo Digital,Umeme na Zaidi,Tembo Electronics,Bahari Tech,Simba Gadgets,Nuru Solar,
        Zanzibar Sound,Kilimanjaro Computers,Mwanga Stores}'::text[], n, 21) || ' ' || n AS name,
    bench.phone(bench.size('buyers') + n) AS phone, bench.region(n * 17) AS region, bench.provider(n * 13) AS provider
FROM generate_series(1, bench.size('sellers')) n;

INSERT INTO accounts_user (id, reference, password, is_superuser, email, phone, name, language, kyc_level, is_staff,
    is_active, session_version, date_joined)
SELECT id, bench.reference('USR', n), '!', false, 'colleague' || n || '@example.test', NULL, name, 'en', 0, true, true, 1,
    bench.clock() - interval '400 days'
FROM bench.colleague
UNION ALL
SELECT id, bench.reference('USR', 100 + n), '!', false, NULL, phone, bench.person(n * 37), 'sw', 2, false, true, 1,
    bench.clock() - interval '390 days'
FROM (SELECT owner_id AS id, n, phone FROM bench.seller) owners
UNION ALL
SELECT id, bench.reference('USR', 1000000 + n), '!', false,
    CASE WHEN bench.chance(n, 22) < 0.4 THEN 'buyer' || n || '@example.test' END, phone, name,
    CASE WHEN bench.chance(n, 23) < 0.7 THEN 'sw' ELSE 'en' END, 1, false, true, 1,
    bench.clock() - interval '365 days' * (1 - n::float8 / bench.size('buyers'))
FROM bench.buyer;

-- Papers of sellers, then of applicants: the same table of both tells who has to show what.
CREATE UNLOGGED TABLE bench.applicant AS
SELECT n, application_id AS id, owner_id AS user_id, name, phone, region, provider, 'approved' AS status,
    bench.clock() - interval '385 days' AS submitted_at
FROM bench.seller
UNION ALL
SELECT 1000000 + n, bench.uuid7(bench.clock() - interval '1 hour' * n, n), b.id, 'Duka la ' || b.name, b.phone, b.region,
    bench.provider(n), CASE WHEN bench.chance(n, 24) < 0.85 THEN 'submitted' ELSE 'in_review' END,
    bench.clock() - interval '1 hour' * n
FROM generate_series(1, bench.size('applications')) n JOIN bench.buyer b USING (n);

INSERT INTO sellers_application (id, reference, applicant_id, kind, business_name, tin, nida_number, vat_number, region,
    address, phone, payout_provider, payout_msisdn, payout_name, about, status, reviewer_id, message_to_applicant,
    decision_reason, created_at, submitted_at, decided_at, version)
SELECT a.id, bench.reference('APP', a.n), user_id, 'individual', a.name, (100000000 + a.n)::text,
    current_setting('bench.sealed'), '', region, 'Kariakoo, Mtaa wa Msimbazi ' || a.n % 90, phone, provider,
    current_setting('bench.sealed'), bench.person(a.n), 'Simu, kompyuta na vifaa vyake.', status,
    CASE WHEN status = 'in_review' THEN c.id END, '', '', submitted_at - interval '1 day', submitted_at,
    CASE WHEN status = 'approved' THEN submitted_at + interval '2 days' END, 1
FROM bench.applicant a JOIN bench.colleague c ON c.n = 1 + a.n % 12;

INSERT INTO sellers_kycdocument (id, reference, application_id, kind, file, original_name, content_type, size_bytes, sha256,
    status, note, expires_on, uploaded_at, is_current)
SELECT bench.uuid7(submitted_at, n * 3 + k), bench.reference('DOC', n * 3 + k), id,
    ('{nida,selfie,tin_certificate}'::text[])[k], 'kyc/2026/01/' || n || '-' || k || '.pdf', 'scan.pdf', 'application/pdf',
    150000, md5(n || '-' || k) || md5(k || '-' || n), CASE status WHEN 'approved' THEN 'accepted' ELSE 'uploaded' END, '',
    CASE WHEN k = 3 THEN (bench.clock() + (bench.die(n, 25, 700) - 15) * interval '1 day')::date END, submitted_at, true
FROM bench.applicant, generate_series(1, 3) k;

INSERT INTO sellers_seller (id, reference, application_id, name, slug, status, status_reason, region, phone, tin, vat_number,
    payout_provider, payout_msisdn, payout_name, approved_at)
SELECT id, reference, application_id, name, 'duka-' || n, CASE WHEN n % 97 = 0 THEN 'suspended' ELSE 'active' END, '', region,
    phone, (100000000 + n)::text, '', provider, current_setting('bench.sealed'), bench.person(n),
    bench.clock() - interval '383 days'
FROM bench.seller;

INSERT INTO sellers_sellermember (seller_id, user_id, is_owner, joined_at)
SELECT id, owner_id, true, bench.clock() - interval '383 days' FROM bench.seller;

INSERT INTO payouts_walletcheck (seller_id, provider, msisdn, name, holder_name, status, is_current, opened_at, asked_at,
    reason)
SELECT id, provider, current_setting('bench.sealed'), bench.person(n), upper(bench.person(n)),
    CASE WHEN n % 50 = 0 THEN 'differs' ELSE 'matched' END, true, bench.clock() - interval '383 days',
    bench.clock() - interval '383 days', ''
FROM bench.seller;
