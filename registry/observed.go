package registry

import (
	"net/http"
	"net/url"
)

// observed tells the handler of each request that goes over the network.
type observed struct {
	next    http.RoundTripper
	clock   Clock
	handler func(Event)
}

var _ http.RoundTripper = (*observed)(nil)

func (o *observed) RoundTrip(req *http.Request) (*http.Response, error) {
	start := o.clock.Now()
	resp, err := o.next.RoundTrip(req)
	event := Event{Method: req.Method, URL: redactURL(req.URL), Duration: o.clock.Now().Sub(start), Err: err}
	if resp != nil {
		event.Status = resp.StatusCode
	}
	o.handler(event)
	return resp, err
}

// plainQuery are the query parameters that are no secrets. All others are
// redacted: storage behind a registry signs its URLs in many ways.
var plainQuery = map[string]bool{
	"n": true, "last": true, "page": true, "page_size": true, "limit": true, "onlyActiveTags": true,
	"specificTag": true, "filter_tag_name": true, "name": true, "service": true, "scope": true,
}

// redactURL prints a URL without user and secret parameters.
func redactURL(u *url.URL) string {
	out := *u
	out.User = nil
	q := out.Query()
	for key, values := range q {
		for i := range values {
			if !plainQuery[key] {
				values[i] = "redacted"
			}
		}
	}
	out.RawQuery = q.Encode()
	return out.String()
}
