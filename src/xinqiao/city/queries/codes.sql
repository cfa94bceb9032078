-- Codes and names. A body is a number below 31^6, written in the alphabet of GB 32100 with its last digit first.
CREATE OR REPLACE MACRO body_of(idx) AS (first_body() + idx * 372036853) % 887503681;
CREATE OR REPLACE MACRO digit_of(body, place) AS (body // [1, 31, 961, 29791, 923521, 28629151][place]) % 31;
-- The value of a digit in base 36, as GB 11714 counts letters.
CREATE OR REPLACE MACRO value_of(digit) AS
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 19, 20, 21, 22, 23, 25, 26, 27, 29, 30, 32, 33,
    34][digit + 1];
CREATE OR REPLACE MACRO character_of(digit) AS substr(alphabet(), digit + 1, 1);
CREATE OR REPLACE MACRO body_text(body) AS
  character_of(digit_of(body, 1)) || character_of(digit_of(body, 2)) || character_of(digit_of(body, 3))
  || character_of(digit_of(body, 4)) || character_of(digit_of(body, 5)) || character_of(digit_of(body, 6));
-- GB 11714-1997: the remainder that the check character follows from, of MX and a body.
CREATE OR REPLACE MACRO organisation_rest(body) AS
  (22 * 3 + 33 * 7 + value_of(digit_of(body, 1)) * 9 + value_of(digit_of(body, 2)) * 10
   + value_of(digit_of(body, 3)) * 5 + value_of(digit_of(body, 4)) * 8 + value_of(digit_of(body, 5)) * 4
   + value_of(digit_of(body, 6)) * 2) % 11;
-- GB 32100-2015: the weights are powers of 3 modulo 31; authority, category, six digits of region, MX, body, check.
CREATE OR REPLACE MACRO unified_rest(authority, category, region, body, organisation_check) AS
  (authority + category * 3 + (region // 100000) % 10 * 9 + (region // 10000) % 10 * 27 + (region // 1000) % 10 * 19
   + (region // 100) % 10 * 26 + (region // 10) % 10 * 16 + region % 10 * 17
   + 21 * 20 + 29 * 29 + digit_of(body, 1) * 25 + digit_of(body, 2) * 13 + digit_of(body, 3) * 8
   + digit_of(body, 4) * 24 + digit_of(body, 5) * 10 + digit_of(body, 6) * 30 + organisation_check * 28) % 31;
CREATE OR REPLACE MACRO organisation_check(body) AS
  [0, 29, 9, 8, 7, 6, 5, 4, 3, 2, 1][organisation_rest(body) + 1];
CREATE OR REPLACE MACRO code_under(authority, category, region, body) AS
  authority || category || region || 'MX' || body_text(body) || character_of(organisation_check(body))
  || character_of((31 - unified_rest(authority, category, region, body, organisation_check(body))) % 31);
CREATE OR REPLACE MACRO unified_code(category, region, body) AS code_under(9, category, region, body);
-- Base-36 value of the first eight characters of the organisation code, as the platform keys its records.
CREATE OR REPLACE MACRO subject_of(body) AS
  22 * 78364164096 + 33 * 2176782336 + value_of(digit_of(body, 1)) * 60466176 + value_of(digit_of(body, 2)) * 1679616
  + value_of(digit_of(body, 3)) * 46656 + value_of(digit_of(body, 4)) * 1296 + value_of(digit_of(body, 5)) * 36
  + value_of(digit_of(body, 6));
CREATE OR REPLACE MACRO character_in(h, n, characters) AS substr(characters, 1 + pick(h, n, length(characters)), 1);
CREATE OR REPLACE MACRO person(h, n) AS
  character_in(h, n, surnames()) || character_in(h, n + 1, given_characters())
  || CASE WHEN draw(h, n + 2) < 0.72 THEN character_in(h, n + 3, given_characters()) ELSE '' END;
CREATE OR REPLACE MACRO trade_name(h, n) AS
  character_in(h, n, first_characters()) || character_in(h, n + 1, second_characters())
  || CASE WHEN draw(h, n + 2) < 0.4 THEN character_in(h, n + 3, second_characters()) ELSE '' END;
CREATE OR REPLACE MACRO address_in(h, n, county_name) AS
  '信桥市' || county_name || one_of(h, n, roads()) || (1 + pick(h, n + 1, 380)) || '号'
  || CASE WHEN draw(h, n + 2) < 0.55 THEN trade_name(h, n + 3) || one_of(h, n + 7, buildings())
     || (1 + pick(h, n + 8, 12)) || '栋' || (1 + pick(h, n + 9, 26))
       || lpad((1 + pick(h, n + 10, 20))::VARCHAR, 2, '0') || '室'
     ELSE '' END;
-- Who a person is, as a department passes it on: a keyed hash of an identity document that nobody holds.
CREATE OR REPLACE MACRO token_of(person_key) AS md5('xinqiao-city:' || city_key() || ':' || person_key);
-- The 15-digit registration numbers before unified codes end in a check digit by ISO 7064 MOD 11,10, digit after digit.
CREATE OR REPLACE MACRO checked_after(state, digit) AS
  CASE WHEN (state + digit) % 10 = 0 THEN 10 ELSE (state + digit) % 10 END * 2 % 11;
CREATE OR REPLACE MACRO former_check(body) AS
  (11 - list_reduce(list_prepend(10, list_transform(range(1, 15), lambda p: ascii(substr(body, p, 1)) - 48)),
                    lambda state, digit: checked_after(state, digit))) % 10;
CREATE OR REPLACE MACRO former_body(county, idx) AS county
  || lpad(((idx * 31 + 20000000) % 100000000)::VARCHAR, 8, '0');
CREATE OR REPLACE MACRO former_number(county, idx) AS former_body(county, idx)
  || former_check(former_body(county, idx))
