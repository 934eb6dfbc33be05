.DEFAULT_GOAL := help
.PHONY: help demo test setup serve stop lint format pictures bench bench-ingest bench-night bench-boards bench-badges bench-home bench-pages bench-play bench-battle-page lock clean

export PORT ?= 8000

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

demo: setup ## a company with data on http://127.0.0.1:8000/ (PORT=8001 moves it); Ctrl-C stops it
	@.venv/bin/python bin/demo

test: setup ## every check and test
	@bin/check

setup: ## virtual environment and packages; done by the others when needed
	@bin/setup

serve: setup ## the development server, which reloads changed code
	@ENVIRONMENT=development DEBUG=1 .venv/bin/python manage.py runserver 127.0.0.1:$(PORT)

stop: ## stop the embedded PostgreSQL and Redis
	@[ ! -x .venv/bin/python ] || .venv/bin/python -m incentives.embedded stop

pictures: setup ## a picture of every page, at both sizes, in both languages and colours (var/screenshots/)
	@SCREENSHOTS=1 .venv/bin/python -m pytest -q tests/browser/walk/test_every_page.py

lint: setup ## the checks without the tests
	@bin/check --static-only

format: setup ## format the code and mend what can be mended
	@.venv/bin/ruff check --quiet --fix-only . ; .venv/bin/ruff format --quiet .
	@.venv/bin/python bin/format-templates
	@PATH="$$PATH:$(CURDIR)/.venv/bin" node node_modules/prettier/bin/prettier.cjs --write --log-level warn static/css

bench: bench-ingest bench-boards bench-badges bench-play bench-battle-page ## every speed that the product promises on the server, beside its floor (an hour)
	@.venv/bin/python -m bench night --keep
	@.venv/bin/python -m bench home --keep
	@rm -rf var/bench

bench-ingest: setup ## speed and memory of ingestion
	@.venv/bin/python -m bench ingest

bench-night: setup ## speed of the night, beside the same floor
	@.venv/bin/python -m bench night

bench-boards: setup ## an all-time board beside plain SQL
	@.venv/bin/python -m bench boards

bench-badges: setup ## awarding badges beside one plain SQL statement
	@.venv/bin/python -m bench badges

bench-home: setup ## the agent's home page under load
	@.venv/bin/python -m bench home

bench-play: setup ## what quests and battles add to a night
	@.venv/bin/python -m bench play

bench-battle-page: setup ## the page of a battle while nights run
	@.venv/bin/python -m bench battle-page

bench-pages: setup ## what pages cost in a real browser
	@.venv/bin/python -m bench pages

lock: setup ## resolve requirements/*.in anew
	@bin/lock

clean: stop ## remove everything that setup and runs have made, the demo's data included
	@VAR_DIR=var/test $(MAKE) --no-print-directory stop
	@for link in var/postgres var/test/postgres; do case "$$(readlink $$link)" in \
		/var/lib/incentives-*/postgres) rm -rf "$$(dirname "$$(readlink $$link)")" ;; esac; done
	rm -rf .venv node_modules var
