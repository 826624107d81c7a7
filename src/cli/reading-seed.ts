/**
 * The seed of every reading of captures: the same file read twice gives the same, and what is news
 * to one command is news to the other. Nothing of it may depend on chance.
 */

export const READING_SEED = 0x6f6e6c6f
