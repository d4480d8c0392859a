"""Is a difference between two sets of profiles real? Plain numbers in, plain numbers out; the standard library only.

A share differs from round to round for two reasons: a profile is a sample (binomial, or a bit worse where samples
come in clumps), and no two runs are the same. ``noise`` estimates both from the rounds, pooled over functions, the way
count statistics does for genes (edgeR, DESeq: few replicates, many features); ``comparison`` tests each function with
it and controls the false discovery rate over all of them. ``tails`` are the distributions.
"""
