/*
 * What Swift cannot use of libedit's readline interface (editline(3), <editline/readline.h>): global variables that are set
 * once, before the first line is read.
 */
#ifndef SPOA_MIRROR_CLIBEDIT_SHIM_H
#define SPOA_MIRROR_CLIBEDIT_SHIM_H

#include <stdio.h>
#include <editline/readline.h>

/* Completion is asked of `complete` alone: never names of files. */
static inline void shim_set_completion(char **(*complete)(const char *, int, int), const char *breaks) {
    rl_attempted_completion_function = complete;
    rl_completer_word_break_characters = (char *)breaks;
}

/* No other completion is tried when ours has nothing to offer. */
static inline void shim_end_completion(void) { rl_attempted_completion_over = 1; }

/* The line as typed so far. */
static inline const char *shim_line_buffer(void) { return rl_line_buffer; }

#endif
