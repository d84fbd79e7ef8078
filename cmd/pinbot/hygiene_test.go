package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A function that fills more than a screen does more than one thing, and a file
// that does is two.
const (
	longestFunction = 60  // lines
	longestFile     = 300 // lines
)

// forCLI is what only the command line may touch: its inputs and outputs. All
// else is given what it needs, so that it does the same in a test.
var forCLI = map[string][]string{
	"os":  {"Args", "Environ", "Exit", "ExpandEnv", "Getenv", "LookupEnv", "Stderr", "Stdin", "Stdout"},
	"fmt": {"Print", "Printf", "Println"},
	"log": {"Fatal", "Fatalf", "Fatalln", "Print", "Printf", "Println"},
	// The clock is the system's in one place: a type systemClock that others
	// can stand in for.
	"time": {"Now", "Since", "Until"},
}

func TestHygiene(t *testing.T) {
	for folder, pkg := range packages(t) {
		for _, name := range pkg.GoFiles {
			file := folder + "/" + name
			positions := token.NewFileSet()
			syntax, err := parser.ParseFile(positions, filepath.Join(top, file), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			if n := positions.File(syntax.Pos()).LineCount(); n > longestFile {
				t.Errorf("%s has %d lines, more than %d", file, n, longestFile)
			}
			for _, declaration := range syntax.Decls {
				checkFunction(t, file, positions, declaration)
				if rank(folder) < rank("internal/cli") && !ofSystemClock(declaration) {
					checkReach(t, file, positions, declaration)
				}
			}
		}
	}
}

func checkFunction(t *testing.T, file string, positions *token.FileSet, declaration ast.Decl) {
	f, ok := declaration.(*ast.FuncDecl)
	if !ok {
		return
	}
	if n := positions.Position(f.End()).Line - positions.Position(f.Pos()).Line + 1; n > longestFunction {
		t.Errorf("%s: %s has %d lines, more than %d", file, f.Name.Name, n, longestFunction)
	}
}

// checkReach looks for what is the command line's. Packages are known by the
// name that they are imported as, which nothing here changes for these.
func checkReach(t *testing.T, file string, positions *token.FileSet, declaration ast.Decl) {
	ast.Inspect(declaration, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if of, ok := s.X.(*ast.Ident); ok && slices.Contains(forCLI[of.Name], s.Sel.Name) {
				t.Errorf("%s:%d: %s.%s is for the command line only", file, positions.Position(n.Pos()).Line, of.Name, s.Sel.Name)
			}
		}
		return true
	})
}

// ofSystemClock reports methods of a type systemClock.
func ofSystemClock(declaration ast.Decl) bool {
	f, ok := declaration.(*ast.FuncDecl)
	if !ok || f.Recv == nil {
		return false
	}
	receiver, ok := f.Recv.List[0].Type.(*ast.Ident)
	return ok && strings.EqualFold(receiver.Name, "systemClock")
}
