package gitea

import (
	"context"
	"fmt"
	"strings"

	sdk "code.gitea.io/sdk/gitea"
)

// The state document lives in an issue that is closed, so that it is out of
// people's way, and that only its author's copy is believed: a document that
// says when a tag was first seen decides what is old enough.
const (
	stateTitle  = "pinbot: state (do not edit)"
	stateMarker = "<!-- pinbot:state -->"
	stateIntro  = "pinbot remembers here what has no home in a pull request, such as when it first saw a tag. " +
		"Deleting this issue makes it wait for new tags again; nothing else is lost."
)

// LoadState implements updater.Store.
func (f *Forge) LoadState(ctx context.Context) (string, error) {
	if f.state == nil {
		if err := f.findState(ctx); err != nil {
			return "", fmt.Errorf("reading pinbot's state of %s: %w", f.name, err)
		}
	}
	if f.state == nil {
		return "", nil
	}
	return unwrap(f.state.Body), nil
}

// SaveState implements updater.Store. It sends nothing where the document is
// the one that was loaded or saved last.
func (f *Forge) SaveState(ctx context.Context, doc string) error {
	old, err := f.LoadState(ctx)
	if err != nil {
		return err
	}
	if f.state != nil && old == doc && f.state.State == sdk.StateClosed {
		return nil
	}
	body := wrap(doc)
	issue, _, err := ask(ctx, f.client, func(api *sdk.Client) (*sdk.Issue, *sdk.Response, error) {
		if f.state == nil {
			return api.CreateIssue(f.owner, f.repo, sdk.CreateIssueOption{Title: stateTitle, Body: body, Closed: true})
		}
		return api.EditIssue(f.owner, f.repo, f.state.Index, sdk.EditIssueOption{Body: &body, State: new(sdk.StateClosed)})
	})
	if err != nil {
		f.state = nil // it may have been written: the next try looks first
		return fmt.Errorf("keeping pinbot's state of %s: %w", f.name, err)
	}
	f.state = issue
	return nil
}

// Login implements updater.Account. It asks once.
func (f *Forge) Login(ctx context.Context) (string, error) {
	if f.login == "" {
		me, _, err := ask(ctx, f.client, (*sdk.Client).GetMyUserInfo)
		if err != nil {
			return "", fmt.Errorf("asking whose the token is, which needs its scope read:user: %w", err)
		}
		f.login = me.UserName
	}
	return f.login, nil
}

// findState looks for the oldest issue of the token's own user that has the
// title and the marker, closed or, where a person opened it, open.
func (f *Forge) findState(ctx context.Context) error {
	if _, err := f.Login(ctx); err != nil {
		return err
	}
	return each(ctx, f.client, func(api *sdk.Client, o sdk.ListOptions) ([]*sdk.Issue, *sdk.Response, error) {
		return api.ListRepoIssues(f.owner, f.repo, sdk.ListIssueOption{
			ListOptions: o, State: sdk.StateAll, Type: sdk.IssueTypeIssue, CreatedBy: f.login,
		})
	}, func(i *sdk.Issue) {
		mine := i.Poster != nil && i.Poster.UserName == f.login
		if mine && i.Title == stateTitle && strings.Contains(i.Body, stateMarker) && (f.state == nil || i.Index < f.state.Index) {
			f.state = i
		}
	})
}

// wrap puts the document into a code block whose fence it cannot contain.
func wrap(doc string) string {
	fence := "```"
	for strings.Contains(doc, fence) {
		fence += "`"
	}
	return stateIntro + "\n\n" + stateMarker + "\n" + fence + "\n" + doc + "\n" + fence + "\n"
}

// unwrap is wrap's inverse; "" where the block is not there any more.
func unwrap(body string) string {
	body = strings.ReplaceAll(body, "\r\n", "\n")
	_, block, _ := strings.Cut(body, stateMarker+"\n")
	fence, rest, _ := strings.Cut(block, "\n")
	if fence == "" || strings.Trim(fence, "`") != "" {
		return ""
	}
	doc, _, found := strings.Cut(rest, "\n"+fence)
	if !found {
		return ""
	}
	return doc
}
