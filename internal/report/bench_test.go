package report

import (
	"fmt"
	"io"
	"testing"

	"pinbot/resolver"
)

func BenchmarkTable(b *testing.B) {
	var r resolver.Report
	for i := range 3000 {
		r.Results = append(r.Results, pinned(fmt.Sprintf("apps/%d/deployment.yaml", i), 20, fmt.Sprintf("quay.io/example/image-%d:1.27", i/3), "1.27.5", 1))
	}
	s := NewScan(3000, r, nil, false)
	for _, width := range []int{0, 80, 200} {
		b.Run(fmt.Sprint(width), func(b *testing.B) {
			for b.Loop() {
				if err := s.WriteTable(io.Discard, Layout{Width: width, Color: true}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
