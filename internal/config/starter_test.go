package config

import (
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// uncomment turns the examples of a starter into configuration: comments whose
// text begins like a key or an item.
func uncomment(text string) string {
	return regexp.MustCompile(`(?m)^( *)# ((?: +|[a-zA-Z.]+:(?: |$)|- ).*)$`).ReplaceAllString(text, "$1$2")
}

func TestStarter(t *testing.T) {
	files := map[string]string{}
	for _, f := range Starter() {
		files[f.Path] = f.Text
	}
	if policy, err := ParseRepository("pinbot.yaml", []byte(files["pinbot.yaml"])); err != nil || len(policy.Policy) > 0 {
		t.Errorf("the starter decides something: %+v, %v", policy, err)
	}
	policy, err := ParseRepository("pinbot.yaml", []byte(uncomment(files["pinbot.yaml"])))
	if err != nil || len(policy.Policy) != 4 || len(policy.IgnorePaths) == 0 || policy.PullRequests.Limit != 10 {
		t.Errorf("its examples: %+v, %v", policy, err)
	}
	operator, err := ParseOperator("op.yaml", []byte(files["pinbot-operator.yaml"]))
	if err != nil || operator.Forge.Type != ForgeGitea || len(operator.Repositories) != 1 {
		t.Errorf("%+v, %v", operator, err)
	}
	examples := strings.Replace(uncomment(files["pinbot-operator.yaml"]), "tokenFile:", "# tokenFile:", 1)
	operator, err = ParseOperator("op.yaml", []byte(examples))
	if err != nil || len(operator.Registries) != 3 || operator.Concurrency != 8 || len(operator.Repositories) != 2 {
		t.Errorf("its examples: %+v, %v", operator, err)
	}
}

// The job writes an operator's file of its own.
func TestStarterWorkflow(t *testing.T) {
	var workflow struct {
		Jobs map[string]struct {
			Steps []struct {
				Run string            `yaml:"run"`
				Env map[string]string `yaml:"env"`
			} `yaml:"steps"`
		} `yaml:"jobs"`
	}
	if err := yaml.Unmarshal([]byte(starterWorkflow), &workflow); err != nil {
		t.Fatal(err)
	}
	step := workflow.Jobs["pinbot"].Steps[0]
	_, rest, _ := strings.Cut(step.Run, "<<END\n")
	file, _, found := strings.Cut(rest, "END\n")
	if !found {
		t.Fatalf("no file in %q", step.Run)
	}
	operator, err := ParseOperator("op.yaml", []byte(strings.ReplaceAll(file, "$GITHUB_SERVER_URL", "https://git.example.org")))
	if err != nil || operator.Forge.URL != "https://git.example.org" || step.Env[operator.Forge.TokenEnv] == "" {
		t.Errorf("%+v, %v, %v", operator, err, step.Env)
	}
}
