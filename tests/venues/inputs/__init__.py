"""Bad inputs, row by row of the list of bad inputs, against the real client, services and rules. Where each row is tested:

| row              | what                                          | where                                                              |
|------------------|-----------------------------------------------|--------------------------------------------------------------------|
| I-01 to I-10     | JSON that is another, cut, mis-spelt, doubled | test_bodies.py for answers, test_frames.py for frames and pushes   |
| I-09 (window)    | ids beyond 32 bits                            | ui/test_inputs_names.py                                            |
| I-11             | lengths, chunks, packing, 32 MB, 1 MB         | test_transport.py, over real sockets                               |
| I-12, I-35       | errors and logins of another shape            | test_bodies.py                                                     |
| I-14, I-15       | unknown kinds and operations, stray frames    | test_frames.py                                                     |
| I-17 to I-31     | markets, prices, numbers, ids, times, ladders | test_objects.py                                                    |
| I-24, I-25       | names and sides in the window                 | ui/test_inputs_names.py                                            |
| I-32 to I-34     | balances and orders                           | test_accounts.py                                                   |
| I-37, I-38       | registrations and cursors                     | test_accounts.py                                                   |
| all together     | every recorded body and push, mutated         | test_mutations.py; painted: ui/test_inputs_mutated.py              |
"""
