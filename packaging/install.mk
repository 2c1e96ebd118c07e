# make install PREFIX= DESTDIR=: what make release has built, and what belongs to it, to where it belongs.
# Packages set the directories that their distribution has elsewhere.

PREFIX ?= /usr/local
SBINDIR ?= $(PREFIX)/sbin
BINDIR ?= $(PREFIX)/bin
DATADIR ?= $(PREFIX)/share
SYSCONFDIR ?= /etc
DEFAULTDIR ?= $(SYSCONFDIR)/default
UNITDIR ?= $(PREFIX)/lib/systemd/system
SYSUSERSDIR ?= $(PREFIX)/lib/sysusers.d
DOCDIR ?= $(DATADIR)/doc/spoa-mirror
BASHDIR ?= $(DATADIR)/bash-completion/completions
ZSHDIR ?= $(DATADIR)/zsh/site-functions
FISHDIR ?= $(DATADIR)/fish/vendor_completions.d

RELEASED = .build/release
COMPLETIONS = .build/completions
PROGRAMS = spoa-mirror mirrorctl

.PHONY: completions install

completions:
	@mkdir -p $(COMPLETIONS)
	@for program in $(PROGRAMS); do for shell in bash zsh fish; do \
	    $(RELEASED)/$$program --generate-completion-script $$shell >$(COMPLETIONS)/$$program.$$shell || exit 1; \
	done; done
	# Nobody runs it, it is read.
	@sed -i '1{/^#!/d}' $(COMPLETIONS)/*.bash

install: ## install what make release has built; PREFIX=/usr/local, DESTDIR=
	@test -x $(RELEASED)/spoa-mirror || { echo 'install: nothing is built yet: make release' >&2; exit 66; }
	@$(MAKE) --no-print-directory completions
	install -D -m 755 $(RELEASED)/spoa-mirror $(DESTDIR)$(SBINDIR)/spoa-mirror
	install -D -m 755 $(RELEASED)/mirrorctl $(DESTDIR)$(BINDIR)/mirrorctl
	install -d $(DESTDIR)$(UNITDIR)
	sed 's,/usr/sbin/,$(SBINDIR)/,; s,/usr/share/doc/spoa-mirror,$(DOCDIR),' packaging/systemd/spoa-mirror.service \
	    >$(DESTDIR)$(UNITDIR)/spoa-mirror.service
	sed 's,/usr/share/doc/spoa-mirror,$(DOCDIR),' packaging/systemd/spoa-mirror.socket \
	    >$(DESTDIR)$(UNITDIR)/spoa-mirror.socket
	chmod 644 $(DESTDIR)$(UNITDIR)/spoa-mirror.*
	install -D -m 644 packaging/systemd/sysusers.conf $(DESTDIR)$(SYSUSERSDIR)/spoa-mirror.conf
	# What somebody has edited stays.
	test -e $(DESTDIR)$(DEFAULTDIR)/spoa-mirror || \
	    install -D -m 644 packaging/default/spoa-mirror $(DESTDIR)$(DEFAULTDIR)/spoa-mirror
	install -D -m 644 packaging/logrotate/spoa-mirror $(DESTDIR)$(SYSCONFDIR)/logrotate.d/spoa-mirror
	for page in man/*.[1-8]; do \
	    install -D -m 644 -t $(DESTDIR)$(DATADIR)/man/man$${page##*.} $$page || exit 1; done
	install -D -m 644 -t $(DESTDIR)$(DOCDIR) README.md SECURITY.md CHANGELOG.md
	install -D -m 644 -t $(DESTDIR)$(DOCDIR)/docs docs/*.md
	install -d $(DESTDIR)$(DOCDIR)/examples
	cp -R examples/. $(DESTDIR)$(DOCDIR)/examples
	chmod -R u=rwX,go=rX $(DESTDIR)$(DOCDIR)/examples
	for program in $(PROGRAMS); do \
	    install -D -m 644 $(COMPLETIONS)/$$program.bash $(DESTDIR)$(BASHDIR)/$$program && \
	    install -D -m 644 $(COMPLETIONS)/$$program.zsh $(DESTDIR)$(ZSHDIR)/_$$program && \
	    install -D -m 644 $(COMPLETIONS)/$$program.fish $(DESTDIR)$(FISHDIR)/$$program.fish || exit 1; done
