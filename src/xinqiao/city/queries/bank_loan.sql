SELECT *, reported_on AS known_on FROM lent WHERE kind = 'bank'
