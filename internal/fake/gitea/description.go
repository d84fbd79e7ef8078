package fakegitea

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"
)

// reducedDescription is Gitea's own API description, cut to the calls that
// this server answers. TestDescription renews it.
//
//go:embed testdata/gitea-api.json
var reducedDescription []byte

// description checks requests and answers.
type description struct{ doc *openapi3.T }

// shared is the description that all servers check by: it is only read, and
// reading its JSON takes longer than most tests.
var shared = sync.OnceValues(func() (*description, error) { return parseDescription(reducedDescription) })

func parseDescription(raw []byte) (*description, error) {
	var v2 openapi2.T
	if err := json.Unmarshal(raw, &v2); err != nil {
		return nil, err
	}
	v3, err := openapi2conv.ToV3(&v2)
	if err != nil {
		return nil, err
	}
	if err := openapi3.NewLoader().ResolveRefsIn(v3, nil); err != nil {
		return nil, err
	}
	return &description{doc: v3}, nil
}

func (d *description) operation(method, template string) (*openapi3.PathItem, *openapi3.Operation, error) {
	item := d.doc.Paths.Value(template)
	if item == nil || item.GetOperation(method) == nil {
		return nil, nil, fmt.Errorf("the API has no %s %s", method, template)
	}
	return item, item.GetOperation(method), nil
}

// request reports what the real API would not take.
func (d *description) request(method, template string, query url.Values, body []byte) error {
	item, op, err := d.operation(method, template)
	if err != nil {
		return err
	}
	params := slices.Concat(item.Parameters, op.Parameters)
	for name, values := range query {
		if err := checkQuery(params, name, values); err != nil {
			return fmt.Errorf("%s %s: query %s: %w", method, template, name, err)
		}
	}
	if op.RequestBody == nil {
		if len(body) > 0 {
			return fmt.Errorf("%s %s takes no body", method, template)
		}
		return nil
	}
	media := op.RequestBody.Value.Content.Get("application/json")
	if media == nil {
		return fmt.Errorf("%s %s takes no JSON", method, template)
	}
	if len(body) == 0 {
		body = []byte("{}")
	}
	if err := checkJSON(media.Schema.Value, body); err != nil {
		return fmt.Errorf("%s %s: body: %w", method, template, err)
	}
	return nil
}

func checkQuery(params openapi3.Parameters, name string, values []string) error {
	p := params.GetByInAndName("query", name)
	if p == nil {
		return fmt.Errorf("there is no such parameter")
	}
	for _, v := range values {
		if err := p.Schema.Value.VisitJSON(typed(p.Schema.Value, v)); err != nil && !p.Schema.Value.Type.Is("array") {
			return err
		}
	}
	return nil
}

// typed reads a query value as its schema says; what cannot be read so stays
// text, which the schema then refuses.
func typed(s *openapi3.Schema, v string) any {
	if s.Type.Is("integer") || s.Type.Is("number") {
		if f, err := strconv.ParseFloat(v, 64); err == nil {
			return f
		}
	}
	if s.Type.Is("boolean") {
		if b, err := strconv.ParseBool(v); err == nil {
			return b
		}
	}
	return v
}

// answer reports what the real API would not say.
func (d *description) answer(method, template string, status int, body []byte) error {
	_, op, err := d.operation(method, template)
	if err != nil {
		return err
	}
	res := op.Responses.Status(status)
	if res == nil {
		// Gitea's description leaves out what any call may answer.
		if status == http.StatusUnauthorized || status == http.StatusMovedPermanently || status == http.StatusForbidden {
			return nil
		}
		return fmt.Errorf("%s %s never answers %d", method, template, status)
	}
	media := res.Value.Content.Get("application/json")
	if media == nil || len(body) == 0 || status/100 != 2 {
		return nil
	}
	if err := checkJSON(media.Schema.Value, body); err != nil {
		return fmt.Errorf("%s %s: answer %d: %w", method, template, status, err)
	}
	return nil
}

// checkJSON validates a document. Nulls are left out first: Go reads them as
// absent, and Gitea writes them for what is absent, where the description
// does not call a value nullable.
func checkJSON(s *openapi3.Schema, raw []byte) error {
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return err
	}
	v = withoutNulls(v)
	if v == nil {
		return nil
	}
	if err := s.VisitJSON(v); err != nil {
		return err
	}
	return checkKnown(s, v, "")
}

func withoutNulls(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			if v[k] = withoutNulls(e); v[k] == nil {
				delete(v, k)
			}
		}
	case []any:
		for i := range v {
			v[i] = withoutNulls(v[i])
		}
	}
	return v
}

// undocumented is a member that each recorded user has and the description
// leaves out.
const undocumented = "username"

// checkKnown refuses properties that the description does not have: a
// misspelt one would be ignored by the real server, silently.
func checkKnown(s *openapi3.Schema, v any, at string) error {
	switch v := v.(type) {
	case []any:
		for i, e := range v {
			if s.Items != nil {
				if err := checkKnown(s.Items.Value, e, fmt.Sprintf("%s[%d]", at, i)); err != nil {
					return err
				}
			}
		}
	case map[string]any:
		for k, e := range v {
			p := s.Properties[k]
			if p == nil && s.AdditionalProperties.Schema != nil {
				p = s.AdditionalProperties.Schema
			}
			if p == nil && len(s.Properties) > 0 && k != undocumented {
				return fmt.Errorf("there is no property %s.%s", at, k)
			}
			if p != nil {
				if err := checkKnown(p.Value, e, at+"."+k); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
