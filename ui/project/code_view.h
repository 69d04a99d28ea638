#pragma once

#include "core/git/git.h"
#include "ui/common/job.h"
#include "ui/project/text_editor.h"

#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>

namespace tau::ui {

/// The code of one function or smart operation: its files, and the text of one of them.
class CodeView : public QWidget {
    Q_OBJECT
public:
    explicit CodeView(QWidget* parent = nullptr);
    /// `files`: everything known of the code repository; those below the folder are shown.
    void show_files(const std::string& folder, const git::Files& files);
    /// A sentence instead of files.
    void show_words(const QString& sentence);
    std::string current_file() const;
    QComboBox& files() { return *files_; }
    TextEditor& editor() { return *editor_; }

Q_SIGNALS:
    void edited(const std::string& path, const std::string& text);
    /// The file, or the folder while there is none.
    void editor_wanted(const std::string& path);

private:
    void show_file();

    std::string folder_;
    git::Files texts_;
    QComboBox* files_;
    QPushButton* open_;
    QLabel* words_;
    QStackedWidget* pages_;
    TextEditor* editor_;
    bool filling_ = false;
};

} // namespace tau::ui
