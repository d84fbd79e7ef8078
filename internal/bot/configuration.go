package bot

import "pinbot/internal/config"

// Foreign lists the configuration files of other bots in a repository.
type Foreign func(exists func(path string) bool) []string

// Configuration reads a repository's own file, if it has one, wherever its files
// are kept. The notes name the files of other bots, which are not read; foreign
// may be nil.
func Configuration(exists func(path string) bool, read func(path string) ([]byte, error), foreign Foreign) (conf config.Repository, notes []string, err error) {
	file, err := config.Find(exists)
	if err != nil {
		return conf, nil, err
	}
	if foreign != nil {
		for _, p := range foreign(exists) {
			notes = append(notes, p+" is not read yet: pinbot follows pinbot.yaml only")
		}
	}
	if file == "" {
		return conf, notes, nil
	}
	data, err := read(file)
	if err != nil {
		return conf, notes, err
	}
	conf, err = config.ParseRepository(file, data)
	return conf, notes, err
}
