/** `mprt`: what says in a SQLite file's header, at byte 68, that it is a store of memport. */
export const APPLICATION_ID = 0x6d707274;
