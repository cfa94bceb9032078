-- Chance that depends on nothing but its arguments: whole numbers of 32 bits, multiplied and shifted, in arithmetic
-- that no
-- engine can do otherwise. Every row of the city has a key, and a numbered draw of a key is always the same.
CREATE OR REPLACE MACRO mixed_once(x) AS (x * 2146121005) & 4294967295;
CREATE OR REPLACE MACRO mixed_twice(x) AS (xor(x, x >> 15) * 1540483477) & 4294967295;
CREATE OR REPLACE MACRO mixed_thrice(x) AS xor(x, x >> 16);
-- The key of what is numbered `n` under a key.
CREATE OR REPLACE MACRO key_of(h, n)
  AS mixed_thrice(mixed_twice(mixed_once((h + n * 1640531527::BIGINT) & 4294967295)));
-- A number above 0 and below 1.
CREATE OR REPLACE MACRO draw(h, n) AS (key_of(h, n) + 0.5::DOUBLE) / 4294967296;
-- A whole number from 0 up to below `upper`.
CREATE OR REPLACE MACRO pick(h, n, upper) AS floor(draw(h, n) * (upper))::BIGINT;
-- A number about 0 with standard deviation 1 (logistic: its tails are a little heavier than a normal one's).
CREATE OR REPLACE MACRO about(h, n) AS -ln(4294967296 / (key_of(h, n) + 0.5::DOUBLE) - 1) * 0.5513;
CREATE OR REPLACE MACRO one_of(h, n, list) AS (list)[1 + pick(h, n, len(list))];
CREATE OR REPLACE MACRO within(x, low, high) AS least(high, greatest(low, x));
CREATE OR REPLACE MACRO logistic(x) AS 1 / (1 + exp(-(x)));
