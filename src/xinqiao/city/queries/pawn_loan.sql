SELECT *, reported_on AS known_on, one_of(h, 222, ['房产', '机动车', '存货', '贵金属']) AS collateral FROM lent
  WHERE kind = 'pawn'
