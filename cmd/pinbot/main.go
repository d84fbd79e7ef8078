// Command pinbot pins the container images that manifests name, and proposes
// upgrades in pull requests. See README.md, or run pinbot help.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"pinbot/internal/cli"
)

func main() { os.Exit(run()) }

func run() int {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		s := <-signals
		signal.Stop(signals) // a second one ends the process at once
		cancel(cli.Interrupted{Signal: s.(syscall.Signal)})
	}()
	return cli.Main(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr)
}
