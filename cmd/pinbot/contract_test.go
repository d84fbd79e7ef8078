package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// The JSON that scripts depend on: each object has these names and no other.
// Of a list, the first element stands for all.
const (
	imageContract = `{"file":"","line":1,"column":1,"start":1,"end":1,"kind":"","image":"","repository":"","tag":"","digest":"","class":"",
		"edits":[{"start":1,"end":1,"new":""}],"assumed":[""],"source":"","group":"","findings":[""],
		"decision":{"outcome":"","tag":"","digest":"","image":"","updateType":"","evidence":"","reason":""},
		"upgrades":[{"tag":"","digest":"","image":"","updateType":"","reason":""}]}`
	findingContract = `{"finding":"","group":"","images":[""],"file":"","line":1,"message":""}`
	errorContract   = `{"file":"","line":1,"repository":"","message":""}`
	summaryContract = `{"files":1,"images":1,"floating":1,"unpinned":1,"outdated":1,"skew":1,"moved":1,"missing":1,"errors":1}`

	scanContract = `{"schemaVersion":1,"images":[` + imageContract + `],"findings":[` + findingContract + `],
		"errors":[` + errorContract + `],"summary":` + summaryContract + `}`

	runContract = `{"schemaVersion":1,"dryRun":false,"repositories":[{"name":"","base":"","outcome":"","reason":"",
		"pullRequests":[{"branch":"","number":1,"title":"","url":"","base":"","body":"","diff":"",
			"updates":[{"repository":"","from":"","to":"","updateType":""}],"action":"","reason":""}],
		"findings":[` + findingContract + `],"errors":[` + errorContract + `]}],
		"summary":{"repositories":1,"created":1,"updated":1,"unchanged":1,"closed":1,"kept":1,"blocked":1,"held":1,"errors":1}}`
)

// lineContracts are the lines of jsonl, by their type.
var lineContracts = map[string]string{
	"image": imageContract, "finding": findingContract, "error": errorContract,
	"summary": strings.Replace(summaryContract, "{", `{"schemaVersion":1,`, 1),
}

// mayMiss are the names that the contract lets be absent, by the kind of report.
var mayMiss = map[string][]string{
	"scan":         {},
	"scan-offline": {"decision", "upgrades"},
	"run":          {"body", "diff"},
	"run-dry":      {},
}

// contract wants that a file (or stdout) has exactly the contract's names:
// contract KIND FILE, where KIND is scan, scan-offline, jsonl, run or run-dry.
func contract(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: contract KIND FILE")
	}
	report := ts.ReadFile(args[1])
	switch kind := args[0]; kind {
	case "jsonl":
		ts.Check(sameLines(report))
	case "run", "run-dry":
		ts.Check(sameNames(runContract, report, mayMiss[kind]))
	case "scan", "scan-offline":
		ts.Check(sameNames(scanContract, report, mayMiss[kind]))
	default:
		ts.Fatalf("there is no contract for %q", kind)
	}
}

func sameLines(report string) error {
	for line := range strings.Lines(report) {
		var head struct{ Type string }
		if err := json.Unmarshal([]byte(line), &head); err != nil {
			return err
		}
		want, ok := lineContracts[head.Type]
		if !ok {
			return fmt.Errorf("no line may have the type %q", head.Type)
		}
		if err := sameNames(strings.Replace(want, "{", `{"type":"",`, 1), line, nil); err != nil {
			return err
		}
	}
	return nil
}

// sameNames compares a report with a contract.
func sameNames(contract, report string, optional []string) error {
	var want, got any
	if err := json.Unmarshal([]byte(contract), &want); err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(report), &got); err != nil {
		return err
	}
	return sameShape("", want, got, optional)
}

func sameShape(at string, want, got any, optional []string) error {
	switch want := want.(type) {
	case map[string]any:
		return sameObject(at, want, got, optional)
	case []any:
		list, ok := got.([]any)
		if !ok {
			return fmt.Errorf("%s is %v, not a list", at, got)
		}
		for i, element := range list {
			if err := sameShape(fmt.Sprintf("%s[%d]", at, i), want[0], element, optional); err != nil {
				return err
			}
		}
		return nil
	}
	if fmt.Sprintf("%T", want) != fmt.Sprintf("%T", got) {
		return fmt.Errorf("%s is %v, of type %T and not %T", at, got, got, want)
	}
	return nil
}

func sameObject(at string, want map[string]any, got any, optional []string) error {
	object, ok := got.(map[string]any)
	if !ok {
		return fmt.Errorf("%s is %v, not an object", at, got)
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		value, ok := object[name]
		switch {
		case !ok && slices.Contains(optional, name):
		case !ok:
			return fmt.Errorf("%s.%s is missing", at, name)
		default:
			if err := sameShape(at+"."+name, want[name], value, optional); err != nil {
				return err
			}
		}
	}
	for name := range object {
		if _, ok := want[name]; !ok {
			return fmt.Errorf("%s.%s is not in the contract", at, name)
		}
	}
	return nil
}
