package manifest_test

import (
	"strings"
	"testing"

	"pinbot/manifest"
)

func TestKubernetes(t *testing.T) {
	testForms(t, []form{
		{name: "pod", path: "pod.yaml",
			in:    "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec:\n  initContainers:\n  - image: busybox\n  containers:\n  - name: a\n    image: \"nginx:1.2\" # why\n    imagePullPolicy: Always\n  - image: 'nginx:latest@A'\n  ephemeralContainers: [{image: quay.io/x/y:latest, name: b}]",
			finds: []string{"6:12 kubernetes busybox in Pod shop/web always", "9:13 kubernetes nginx:1.2 in Pod shop/web", "11:13 kubernetes nginx:latest@A in Pod shop/web", "12:33 kubernetes quay.io/x/y:latest in Pod shop/web always"},
			out:   "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec:\n  initContainers:\n  - image: busybox:9.9@B\n  containers:\n  - name: a\n    image: \"nginx:9.9@B\" # why\n    imagePullPolicy: Always\n  - image: 'nginx:9.9@B'\n  ephemeralContainers: [{image: quay.io/x/y:9.9@B, name: b}]"},
		{name: "list and documents", path: "all.yml",
			in:    "apiVersion: v1\nkind: List\nitems:\n- apiVersion: apps/v1\n  kind: Deployment\n  metadata: {name: a}\n  spec: {template: {spec: {containers: [{image: a/b:1}]}}}\n--- # next\n# image: not/this:1\n---\napiVersion: batch/v1\nkind: CronJob\nmetadata: {name: c}\nspec: {jobTemplate: {spec: {template: {spec: {containers: [{image: c/d:2}]}}}}}\n...\n",
			finds: []string{"7:49 kubernetes a/b:1 in Deployment a", "14:68 kubernetes c/d:2 in CronJob c"},
			out:   "apiVersion: v1\nkind: List\nitems:\n- apiVersion: apps/v1\n  kind: Deployment\n  metadata: {name: a}\n  spec: {template: {spec: {containers: [{image: a/b:9.9@B}]}}}\n--- # next\n# image: not/this:1\n---\napiVersion: batch/v1\nkind: CronJob\nmetadata: {name: c}\nspec: {jobTemplate: {spec: {template: {spec: {containers: [{image: c/d:9.9@B}]}}}}}\n...\n"},
		{name: "custom resource", path: "prometheus.yaml",
			in:    "apiVersion: monitoring.coreos.com/v1\nkind: Prometheus\nmetadata: {name: k8s}\nspec:\n  image: quay.io/prometheus/prometheus:v3.1.0\n  other: {image: ubuntu-2204}\n  logo: {image: a/logo.png}\n  split: {image: a/b, tag: v1}\n  prose: {image: The image to use}\n  none: {image: }\n  map: {image: {}}\n",
			finds: []string{"5:10 kubernetes quay.io/prometheus/prometheus:v3.1.0 in Prometheus k8s"},
			out:   "apiVersion: monitoring.coreos.com/v1\nkind: Prometheus\nmetadata: {name: k8s}\nspec:\n  image: quay.io/prometheus/prometheus:9.9@B\n  other: {image: ubuntu-2204}\n  logo: {image: a/logo.png}\n  split: {image: a/b, tag: v1}\n  prose: {image: The image to use}\n  none: {image: }\n  map: {image: {}}\n"},
		{name: "tekton step is a single word", path: "task.yaml",
			in:    "apiVersion: tekton.dev/v1\nkind: Task\nmetadata: {generateName: t-}\nspec:\n  steps:\n  - image: ubuntu\n  - image: $(params.image)\n",
			finds: []string{"6:12 kubernetes ubuntu in Task", "7:12 kubernetes $(params.image) variable from a variable that is set elsewhere in Task"},
			out:   "apiVersion: tekton.dev/v1\nkind: Task\nmetadata: {generateName: t-}\nspec:\n  steps:\n  - image: ubuntu:9.9@B\n  - image: $(params.image)\n"},
		{name: "patch without apiVersion", path: "patch.yaml",
			in:    "spec:\n  template:\n    spec:\n      containers:\n      - name: a\n        image: a:1\nimage: not/this:1\n",
			finds: []string{"6:16 kubernetes a:1"},
			out:   "spec:\n  template:\n    spec:\n      containers:\n      - name: a\n        image: a:9.9@B\nimage: not/this:1\n"},
		{name: "CI pipeline is another format", path: ".woodpecker.yaml",
			in: "steps:\n- name: a\n  image: golang:1.2\n  containers: none\n"},
		{name: "JSON", path: "pod.json",
			in:    "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"spec\": {\"containers\": [\n\t{\"image\":\"nginx:1.2\"}, {\"image\":\"a\\/b:1\"}]}}",
			finds: []string{"2:12 kubernetes nginx:1.2 in Pod", "2:34 kubernetes a/b:1 fixed: it is written with escapes, or over several lines, so that its bytes are not its value; write it on one line in Pod"},
			out:   "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"spec\": {\"containers\": [\n\t{\"image\":\"nginx:9.9@B\"}, {\"image\":\"a\\/b:1\"}]}}"},
		{name: "columns are runes, offsets are bytes", path: "pod.yaml",
			in:    "\ufeffapiVersion: v1\nkind: Pod\nspec: {containers: [{name: \"zß水🍌\", image: nginx:1.2}]}\n",
			finds: []string{"3:49 kubernetes nginx:1.2 in Pod"},
			out:   "\ufeffapiVersion: v1\nkind: Pod\nspec: {containers: [{name: \"zß水🍌\", image: nginx:9.9@B}]}\n"},
		{name: "builds, text and local images", path: "skaffold.yaml",
			in: "apiVersion: skaffold/v4beta1\nkind: Config\nbuild: {artifacts: [{image: a/b}]}\n---\napiVersion: v1\nkind: ConfigMap\ndata:\n  image: a/b:1\n  text: |\n    image: a/b:1\n---\napiVersion: v1\nkind: Pod\nspec: {containers: [{image: localhost/a:1}, {image: \" \"}, {image: image-registry.openshift-image-registry.svc:5000/a/b:1}]}\n"},
		{name: "names that are listed, pushed or of machines", path: "cr.yaml",
			in: "apiVersion: image.toolkit.fluxcd.io/v1\nkind: ImageRepository\nspec: {image: ghcr.io/a/b}\n---\napiVersion: kafka.strimzi.io/v1\nkind: KafkaConnect\nspec: {build: {output: {image: quay.io/a/b:latest}}, images: [a/b:1], imageName: a/b:1}\n---\napiVersion: infrastructure.cluster.x-k8s.io/v1beta1\nkind: GCPMachineTemplate\nspec: {image: projects/a/global/images/b}\n---\napiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec: {values: {image: {repository: a/b, tag: v1}, c: {image: c/d, imageTag: v1}}}\n"},
		{name: "containers under a name of their own", path: "cr.yaml",
			in:    "apiVersion: acid.zalan.do/v1\nkind: postgresql\nspec:\n  init_containers:\n  - {name: date, image: busybox, command: [date]}\n  machine: {image: ubuntu-2204, name: x}\n",
			finds: []string{"5:25 kubernetes busybox in postgresql"},
			out:   "apiVersion: acid.zalan.do/v1\nkind: postgresql\nspec:\n  init_containers:\n  - {name: date, image: busybox:9.9@B, command: [date]}\n  machine: {image: ubuntu-2204, name: x}\n"},
		{name: "volume that is an image", path: "pod.yaml",
			in:    "apiVersion: v1\nkind: Pod\nspec: {volumes: [{name: v, image: {reference: quay.io/a/b:v1, pullPolicy: Always}}]}\n",
			finds: []string{"3:47 kubernetes quay.io/a/b:v1 in Pod"},
			out:   "apiVersion: v1\nkind: Pod\nspec: {volumes: [{name: v, image: {reference: quay.io/a/b:9.9@B, pullPolicy: Always}}]}\n"},
		{name: "kubebuilder's placeholder", path: "manager.yaml",
			in:    "apiVersion: apps/v1\nkind: Deployment\nspec: {containers: [{image: controller:latest}]}\n",
			finds: []string{"3:29 kubernetes controller:latest variable from kustomize replaces the image name controller in Deployment"}},
		{name: "digest only", path: "pod.yaml",
			in:    "{apiVersion: v1, kind: Pod, spec: {containers: [{image: a/b@A}]}}",
			finds: []string{"1:57 kubernetes a/b@A in Pod"},
			out:   "{apiVersion: v1, kind: Pod, spec: {containers: [{image: a/b:9.9@B}]}}"},
	})
}

func TestAnchors(t *testing.T) {
	testForms(t, []form{
		{name: "alias is edited at its anchor, once", path: "pod.yaml",
			in:    "apiVersion: v1\nkind: Pod\nx: &img !!str \"nginx:1\"\nspec:\n  containers:\n  - image: *img\n  - image: *img\n",
			finds: []string{"3:16 kubernetes nginx:1 in Pod"},
			out:   "apiVersion: v1\nkind: Pod\nx: &img !!str \"nginx:9.9@B\"\nspec:\n  containers:\n  - image: *img\n  - image: *img\n"},
		{name: "anchored mapping and merge key", path: "pod.yaml",
			in:    "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - &c\n    image: &i\n      nginx:1\n  - <<: *c\n    name: b\n",
			finds: []string{"7:7 kubernetes nginx:1 in Pod"},
			out:   "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - &c\n    image: &i\n      nginx:9.9@B\n  - <<: *c\n    name: b\n"},
		{name: "block scalars refuse", path: "pod.yaml",
			in:    "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: >-\n      nginx:1\n  - image: |-\n      nginx:2\n  - image: |\n      nginx:3\n",
			finds: []string{"5:12 kubernetes nginx:1 fixed: it is written with escapes, or over several lines, so that its bytes are not its value; write it on one line in Pod", "7:12 kubernetes nginx:2 fixed: it is written with escapes, or over several lines, so that its bytes are not its value; write it on one line in Pod", "9:12 kubernetes nginx:3 fixed: it is written with escapes, or over several lines, so that its bytes are not its value; write it on one line in Pod"}},
	})
}

func TestTemplates(t *testing.T) {
	testForms(t, []form{
		{name: "literal image among actions", path: "templates/deployment.yaml",
			in:    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ include \"x\" . }}\nspec:\n  {{- with .Values.a }}\n  a: {{ toYaml . | nindent 4 }}\n  {{- end }}\n  containers:\n  {{- if .Values.b }}\n  - image: {{ .Values.image }}:{{ .Values.tag }}\n  {{- else }}\n  - image: busybox:1.2\n  {{- end }}\n  {{/* a\n  : comment */}}\n  - image: \"{{ .x }}/a:1\"\n",
			finds: []string{"11:12 kubernetes {{ .Values.image }}:{{ .Values.tag }} variable from a template in Deployment {{ include \"x\" . }}", "13:12 kubernetes busybox:1.2 in Deployment {{ include \"x\" . }}", "17:13 kubernetes {{ .x }}/a:1 variable from a template in Deployment {{ include \"x\" . }}"},
			out:   "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ include \"x\" . }}\nspec:\n  {{- with .Values.a }}\n  a: {{ toYaml . | nindent 4 }}\n  {{- end }}\n  containers:\n  {{- if .Values.b }}\n  - image: {{ .Values.image }}:{{ .Values.tag }}\n  {{- else }}\n  - image: busybox:9.9@B\n  {{- end }}\n  {{/* a\n  : comment */}}\n  - image: \"{{ .x }}/a:1\"\n"},
		{name: "only actions", path: "templates/deployment.yaml",
			in: "apiVersion: apps/v1\nkind: Deployment\n{{- a }}\n  x: ]\n  - image: {{ .Values.image }}\n"},
	})
}

// TestMarkPlaceholders: names that a kustomization beside or above replaces
// are not pulled; the same names elsewhere are.
func TestMarkPlaceholders(t *testing.T) {
	pod := "apiVersion: v1\nkind: Pod\nspec: {containers: [{image: %s}]}\n"
	files := []struct{ path, text string }{
		{"config/manager/kustomization.yaml", "images: [{name: app, newName: quay.io/a/app, newTag: v1}, {name: redis, newName: ecr.aws/redis, newTag: v2}]"},
		{"config/manager/pod.yaml", pod},
		{"config/base/pod.yaml", pod},
		{"other/pod.yaml", pod},
		{"config/compose.yaml", "services: {a: {image: %s}}"},
	}
	for _, image := range []string{"app", "redis:7"} {
		var refs []manifest.Ref
		for _, f := range files {
			found, problems := manifest.Scan(f.path, []byte(strings.ReplaceAll(f.text, "%s", image)))
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			refs = append(refs, found...)
		}
		manifest.MarkPlaceholders(refs)
		for _, r := range refs {
			want := r.Kind == manifest.KindKubernetes && (r.File != "other/pod.yaml" || image == "app")
			if r.Variable != want {
				t.Errorf("%s: %s: variable is %t, want %t", r.File, r.Image, r.Variable, want)
			}
			if _, _, err := r.Rewrite("v3", ""); (err != nil) != want {
				t.Errorf("%s: %s: Rewrite says %v", r.File, r.Image, err)
			}
		}
	}
}
