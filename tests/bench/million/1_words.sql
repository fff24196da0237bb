-- What the other files are written in. Everything is made of a row's number by hashing: the same numbers
-- give the same marketplace, and no row needs to be looked up to make another one fit.

CREATE SCHEMA bench;

CREATE FUNCTION bench.size(name text) RETURNS bigint STABLE LANGUAGE sql AS
$$ SELECT current_setting('bench.' || name)::bigint $$;

CREATE FUNCTION bench.clock() RETURNS timestamptz STABLE LANGUAGE sql AS
$$ SELECT current_setting('bench.clock')::timestamptz $$;

-- At least 0, less than 1; `salt` tells the dice of one row apart.
CREATE FUNCTION bench.chance(n bigint, salt bigint) RETURNS float8 IMMUTABLE LANGUAGE sql AS
$$ SELECT (hashint8extended(n, salt) & 1073741823)::float8 / 1073741824 $$;

-- From 1 to `sides`.
CREATE FUNCTION bench.die(n bigint, salt bigint, sides bigint) RETURNS bigint IMMUTABLE LANGUAGE sql AS
$$ SELECT 1 + (hashint8extended(n, salt) & 1073741823) % sides $$;

CREATE FUNCTION bench.one_of(words text[], n bigint, salt bigint) RETURNS text IMMUTABLE LANGUAGE sql AS
$$ SELECT words[bench.die(n, salt, cardinality(words))] $$;

-- The multiplier is odd, so that no two numbers below 2^32 give one reference.
CREATE FUNCTION bench.reference(prefix text, n bigint) RETURNS text IMMUTABLE LANGUAGE sql AS
$$ SELECT prefix || '-' || lpad(upper(to_hex((n * 2654435761) & 4294967295)), 8, '0') $$;

CREATE FUNCTION bench.uuid7(at timestamptz, n bigint) RETURNS uuid STABLE LANGUAGE sql AS
$$ SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(n & 4095), 3, '0')
    || '8' || lpad(to_hex(hashint8extended(n, 7) & 1152921504606846975), 15, '0'))::uuid $$;

-- Never the same number twice below 2^25.
CREATE FUNCTION bench.phone(n bigint) RETURNS text IMMUTABLE LANGUAGE sql AS
$$ SELECT '+2557' || (40000000 + (n * 7919 & 33554431))::text $$;

CREATE FUNCTION bench.person(n bigint) RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT
    bench.one_of('{Asha,Juma,Neema,Baraka,Zawadi,Hamisi,Rehema,Salum,Mwanaidi,Emmanuel,Grace,Joseph,Fatuma,Abdallah,Upendo,
        Elia,Halima,Godfrey,Zuhura,Peter,Saida,John,Mariam,Ally,Happiness,Daniel,Khadija,Frank,Tumaini,Ramadhani,Anna,Said,
        Esther,Musa,Pendo,Bakari,Rose,Hassan,Tatu,Idrissa,Witness,Omari,Stella,Rashid,Magreth,Kelvin,Aisha,Deogratius,Furaha,
        Innocent,Sauda,Noel,Jamila,Victor,Latifa,Simon,Amina,Yusuf,Doreen,Erick}'::text[], n, 11) || ' ' ||
    bench.one_of('{Mushi,Mwinyi,Massawe,Kimaro,Mrema,Lyimo,Swai,Shayo,Temba,Urio,Mbwana,Mtei,Kessy,Makame,Juma,Hassan,Salim,
        Mgaya,Mwakyusa,Mwambene,Kapinga,Komba,Ngonyani,Nyoni,Haule,Mbilinyi,Sanga,Mahenge,Chaula,Mlowe,Magesa,Marwa,Chacha,
        Mwita,Nyerere,Wambura,Masanja,Shija,Malale,Mabula,Kulwa,Doto,Nkwabi,Luhende,Mhina,Kihiyo,Shemweta,Kaniki,Mndeme,
        Semboja,Chande,Mzee,Khamis,Haji,Vuai,Mwalimu,Kombo,Faki,Rajabu,Mohamed}'::text[], n, 12) $$;

CREATE FUNCTION bench.region(n bigint) RETURNS text IMMUTABLE LANGUAGE sql AS
$$ SELECT bench.one_of('{Dar es Salaam,Dar es Salaam,Dar es Salaam,Dar es Salaam,Arusha,Mwanza,Dodoma,Mbeya,Tanga,Morogoro,
    Kilimanjaro,Zanzibar,Iringa,Kagera}'::text[], n, 13) $$;

CREATE FUNCTION bench.provider(n bigint) RETURNS text IMMUTABLE LANGUAGE sql AS
$$ SELECT CASE WHEN bench.chance(n, 14) < 0.6 THEN 'mpesa' WHEN bench.chance(n, 14) < 0.85 THEN 'mixx' ELSE 'airtel' END $$;

-- As each provider writes its receipts.
CREATE FUNCTION bench.receipt(provider text, n bigint, at timestamptz) RETURNS text STABLE LANGUAGE sql AS
$$ SELECT CASE provider
    WHEN 'mpesa' THEN 'S' || lpad(upper(to_hex((n * 40503000001) & 68719476735)), 9, '0')
    WHEN 'mixx' THEN (20000000000 + n * 7)::text
    ELSE 'MP' || to_char(at, 'YYMMDD.HH24MI') || '.B' || lpad(n::text, 8, '0') END $$;
