#pragma once

#include "ui/common/job.h"
#include "ui/common/message_bar.h"
#include "ui/services.h"

#include <QAction>
#include <QTimer>

class QMenu;
class QMimeData;

namespace tau::ui {

/// Brings projects out of the window and in: the entries of the File menu, files dropped on the
/// window, and the questions in between, asked in its message bar.
class Transfers : public QObject {
    Q_OBJECT
public:
    Transfers(Services& services, MessageBar& messages, QWidget& window);
    void add_import(QMenu& file);
    void add_export(QMenu& file);
    /// The project that is in front; without one, what comes in is a project of its own.
    void set_project(std::optional<flow::LocalProject> project, bool unsaved);

    void choose_import(bool folder);
    void choose_export(const flow::LocalProject& project, ExportForm form);
    void import(const std::filesystem::path& path);
    void choose_to_open();
    /// Repositories that are on this computer, to be worked on where they are.
    void open_folder(const std::filesystem::path& folder);
    void write(const flow::LocalProject& project, ExportForm form, const std::filesystem::path& to,
               bool replace);
    void unpack(const git::Files& files, const std::filesystem::path& from,
                const std::filesystem::path& folder);
    bool busy() const { return job_.running(); }

    /// The one file or folder that is dragged; none: not for us.
    static std::optional<std::filesystem::path> dropped(const QMimeData& data);

Q_SIGNALS:
    /// A signed project file was taken in, or a folder opened.
    void taken_in(const tau::flow::LocalProject& project);
    /// A configuration is to be taken into this project; `from` is what its file is called.
    void files_wanted(const tau::flow::LocalProject& project, const QString& from,
                      const tau::git::Files& files);

private:
    void import_signed(const std::filesystem::path& path);
    void offer(const std::filesystem::path& path, TransferServices::Given given);
    void ask_about_existing(const flow::LocalProject& project, ExportForm form,
                            const std::filesystem::path& to);
    void tell_exported(ExportForm form, const std::filesystem::path& to,
                       const TransferServices::Exported& exported, bool unsaved);
    template <typename Value>
    void start(const QString& sentence, std::function<Result<Value>(const project::Watch&)> work,
               std::function<void(Result<Value>&)> done);
    void show_waiting(const QString& sentence);

    Services& services_;
    MessageBar& messages_;
    QWidget& window_;
    std::optional<flow::LocalProject> project_;
    bool unsaved_ = false;
    std::vector<std::pair<ExportForm, QAction*>> exports_;
    QTimer patience_; ///< before the person is told that it takes a while
    QString waiting_; ///< for what
    bool told_ = false;
    Job job_;
};

} // namespace tau::ui
